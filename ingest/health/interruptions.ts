import type { HealthChange, LostMinute } from "./health-file.ts";

/**
 * A time in which samples of a machine may be missing, and why. `bus`: its bus was not there, or silent; `device`: a
 * Modbus device did not answer; `gateway-off`: nothing was read; `link`: what was read came later, or is still to come;
 * `lost`: it was given up for good.
 */
export interface Interruption {
  readonly cause: "bus" | "device" | "gateway-off" | "link" | "lost";
  /** ISO 8601. */
  readonly from: string;
  /** Null: it goes on. */
  readonly to: string | null;
  /** Bus or device; the reason of a loss; empty otherwise. */
  readonly subject: string;
  /** State of the bus, such as `down`; empty otherwise. */
  readonly state: string;
  /** Of a loss; else 0. */
  readonly samples: number;
  /** Of a link: data of that time are still on the machine. */
  readonly isToCome: boolean;
}

export interface InterruptionFacts {
  readonly machineId: string;
  /** What the signal comes over; undefined: anything. A device only of Modbus. */
  readonly over?: { readonly kind: "can" | "modbus"; readonly device?: string } | undefined;
  /** Oldest first. */
  readonly changes: readonly HealthChange[];
  readonly losses: readonly LostMinute[];
  /** The machine's samples that are still at its gateway, as far as the hub knows. */
  readonly spooled: number;
  readonly fromMs: number;
  readonly toMs: number;
}

const minuteMs = 60_000;
const noted = new Set(["ok", "opening", "ended"]);
const iso = (ms: number): string => new Date(ms).toISOString();
const nothing = { subject: "", state: "", samples: 0, isToCome: false };

/** What may have kept samples away between two instants, by its beginning. Pure. */
export function interruptions(facts: InterruptionFacts): Interruption[] {
  const { fromMs, toMs } = facts;
  const all = [...linesDown(facts), ...linksDown(facts), ...losses(facts)];
  return all
    .filter(({ from, to }) => Date.parse(from) < toMs && (to === null || Date.parse(to) > fromMs))
    .sort((a, b) => (a.from < b.from ? -1 : 1));
}

/** Buses and devices while they were not well. */
function linesDown({ changes, machineId, over }: InterruptionFacts): Interruption[] {
  const open = new Map<string, HealthChange>();
  const found: Interruption[] = [];
  const end = (key: string, to: string | null) => {
    const began = open.get(key);
    open.delete(key);
    if (began === undefined) return;
    const [kind, , , subject = ""] = began.path;
    const state = String(began.value);
    const cause = kind === "device" ? "device" : "bus";
    found.push({ ...nothing, cause, from: iso(began.atMs), to, subject, state });
  };
  for (const change of changes) {
    const { path, value, atMs } = change;
    if (path[1] !== machineId || path.at(-1) !== "state" || !isOver(path, over)) continue;
    const key = JSON.stringify(path);
    end(key, iso(atMs));
    if (value !== null && !noted.has(String(value))) open.set(key, change);
  }
  for (const key of [...open.keys()]) end(key, null);
  return found;
}

/** Whether a signal could come over this bus or device. */
function isOver(
  [kind, , source = "", name]: readonly string[],
  over: InterruptionFacts["over"],
): boolean {
  if (kind !== "bus" && kind !== "device") return false;
  if (over === undefined) return true;
  const isModbus = source.startsWith("modbus-");
  if (kind === "device") return over.kind === "modbus" && (over.device ?? name) === name;
  return over.kind === "modbus" ? isModbus : !isModbus && !source.startsWith("nmea");
}

/** No session: before the gateway's start it was off, behind it the link was down. */
function linksDown({ changes, spooled, toMs }: InterruptionFacts): Interruption[] {
  const found: Interruption[] = [];
  const starts = changes.filter(({ path }) => path[0] === "gateway" && path[1] === "run");
  let goneMs: number | undefined;
  for (const { path, value, atMs } of changes) {
    if (path[0] !== "session") continue;
    if (value === "offline") goneMs ??= atMs;
    if (value !== "online" || goneMs === undefined) continue;
    const [fromMs, backMs] = [goneMs, atMs];
    const started = starts.find((run) => run.atMs > fromMs && run.atMs <= backMs);
    const upMs = started?.atMs ?? fromMs;
    if (started) found.push({ ...nothing, cause: "gateway-off", from: iso(fromMs), to: iso(upMs) });
    const isToCome = spooled > 0;
    if (upMs < backMs)
      found.push({ ...nothing, cause: "link", from: iso(upMs), to: iso(backMs), isToCome });
    goneMs = undefined;
  }
  if (goneMs !== undefined && goneMs < toMs)
    found.push({ ...nothing, cause: "link", from: iso(goneMs), to: null, isToCome: true });
  return found;
}

/** Minutes in a row are one. */
function losses({ losses: minutes }: InterruptionFacts): Interruption[] {
  const found: { reason: string; from: number; to: number; samples: number }[] = [];
  for (const { minute, reason, samples } of minutes) {
    const last = found.findLast((one) => one.reason === reason);
    if (last !== undefined && minute - last.to <= 1) {
      last.to = minute + 1;
      last.samples += samples;
    } else found.push({ reason, from: minute, to: minute + 1, samples });
  }
  return found.map(({ reason, from, to, samples }) => ({
    ...nothing,
    cause: "lost",
    from: iso(from * minuteMs),
    to: iso(to * minuteMs),
    subject: reason,
    samples,
  }));
}
