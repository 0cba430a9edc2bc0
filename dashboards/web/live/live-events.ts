import { signal } from "@preact/signals";
import { clockOffsetMs, me } from "../api-client.ts";
import { askWhoIAm } from "../session.ts";
import type { MachineRow, SignalNow } from "../types.ts";
import { reconnectDelayMs, silentAfterMs } from "./reconnect.ts";

export interface TicketNews {
  readonly change: "opened" | "updated" | "ended";
  readonly ticketId: string;
  readonly kind: string;
  readonly priority: string;
  readonly machineId: string | null;
  readonly title: { readonly en: string; readonly "zh-CN": string };
}

interface Events {
  readonly machine: MachineRow;
  readonly ticket: TicketNews;
  readonly signals: { readonly machineId: string; readonly items: readonly SignalNow[] };
  /** Events were missed: fetch anew. */
  readonly resync: null;
}

interface Problem {
  readonly severity: "warning" | "fault" | "fatal";
  readonly name: string;
  readonly problem: string;
  /** When the hub first saw it, ISO 8601. */
  readonly since: string;
}

/** Null while the line is up, else when the last word came, ms since the Unix epoch. */
export const lostSince = signal<number | null>(null);
/** What is wrong with the hub, and since when. */
export const hubProblems = signal<readonly Problem[]>([]);

type Listener<Name extends keyof Events> = (payload: Events[Name]) => void;
const listeners = new Map<keyof Events, Set<Listener<never>>>();

/** Calls back for each event of a kind; returns the way to stop that. */
export function onLive<Name extends keyof Events>(
  name: Name,
  listener: Listener<Name>,
): () => void {
  const set = listeners.get(name) ?? new Set();
  listeners.set(name, set.add(listener as Listener<never>));
  return () => set.delete(listener as Listener<never>);
}

function tell<Name extends keyof Events>(name: Name, payload: Events[Name]): void {
  for (const listener of listeners.get(name) ?? []) (listener as Listener<Name>)(payload);
}

let source: EventSource | undefined;
let watched: string | undefined;
let lastId = "";
let lastWordMs = Date.now();
let attempt = 0;
let timer: ReturnType<typeof setTimeout> | undefined;

/** Also sends the live values of this machine from now on; undefined: of none. */
export function watchMachine(machineId: string | undefined): void {
  if (machineId === watched) return;
  watched = machineId;
  if (source) connect();
}

function heard(): void {
  lastWordMs = Date.now();
  attempt = 0;
  lostSince.value = null;
}

function connect(): void {
  clearTimeout(timer);
  source?.close();
  const query = new URLSearchParams();
  if (watched !== undefined) query.set("machine", watched);
  if (lastId !== "") query.set("lastEventId", lastId);
  const line = new EventSource(`/api/v1/events?${query}`);
  source = line;
  line.addEventListener("error", () => {
    // A line that broke is tried again by the browser; one that was refused is closed, perhaps because the login ended.
    const wasRefused = line.readyState === EventSource.CLOSED;
    reconnectLater();
    if (wasRefused) void askWhoIAm().catch(() => undefined);
  });
  for (const name of ["machine", "ticket", "signals"] as const)
    line.addEventListener(name, (event) => {
      heard();
      if (event.lastEventId !== "") lastId = event.lastEventId;
      tell(name, JSON.parse(event.data));
    });
  line.addEventListener("resync", () => {
    heard();
    lastId = "";
    tell("resync", null);
  });
  line.addEventListener("status", (event) => {
    const wasLost = lostSince.value !== null;
    heard();
    if (event.lastEventId !== "") lastId = event.lastEventId;
    takeStatus(JSON.parse(event.data));
    if (wasLost) tell("resync", null);
  });
}

function takeStatus(status: { now: string; problems: readonly Problem[] }): void {
  clockOffsetMs.value = Date.parse(status.now) - Date.now();
  hubProblems.value = status.problems;
}

function reconnectLater(): void {
  source?.close();
  lostSince.value ??= lastWordMs;
  clearTimeout(timer);
  if (me.value) timer = setTimeout(connect, reconnectDelayMs(attempt++, Math.random()));
}

/** Opens the line and keeps it open: after errors, after silence, after sleep. */
export function startLive(): () => void {
  const onWake = () => {
    if (document.visibilityState !== "visible") return;
    if (source === undefined || Date.now() - lastWordMs > 20_000) {
      connect();
      tell("resync", null);
    }
  };
  const onOffline = () => reconnectLater();
  const guard = setInterval(() => {
    if (Date.now() - lastWordMs > silentAfterMs && lostSince.value === null) reconnectLater();
  }, 5_000);
  document.addEventListener("visibilitychange", onWake);
  addEventListener("online", onWake);
  addEventListener("offline", onOffline);
  connect();
  return () => {
    clearInterval(guard);
    clearTimeout(timer);
    document.removeEventListener("visibilitychange", onWake);
    removeEventListener("online", onWake);
    removeEventListener("offline", onOffline);
    source?.close();
    source = undefined;
    lostSince.value = null;
  };
}
