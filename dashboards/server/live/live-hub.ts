import { setTimeout as sleep } from "node:timers/promises";
import type { TicketChange } from "@firebreak/tickets/ticket-service.ts";
import { fleetRows } from "../api/fleet.ts";
import type { MachineRow } from "../api/schemas.ts";
import { toSignalsNow } from "../api/signals.ts";
import type { ServerPorts, Severity, Unsubscribe } from "../ports.ts";
import { EventLog, toEventText } from "./event-log.ts";
import type { EventStream } from "./event-stream.ts";
import type { OpenTickets } from "./open-tickets.ts";

/** How often changes are gathered and sent, ms. */
const beatMs = 500;
const statusEveryMs = 15_000;
/** A machine of which only the last contact moved is sent at most this often, ms. */
const contactEveryMs = 5_000;
const mostMachinesPerBeat = 200;
export const maxStreams = 1_000;

const ticketEvent = ({ change, ticket }: TicketChange) => {
  const { ticketId, kind, state, priority, machineId, title, updatedAt } = ticket;
  const { occurrenceCount } = ticket;
  return {
    change,
    ticketId,
    kind,
    state,
    priority,
    machineId: machineId ?? null,
    title,
    occurrenceCount,
    updatedAt,
  };
};

/** What matters to a reader at once; `lastContact` does not. */
const gist = (row: MachineRow): string => JSON.stringify({ ...row, lastContact: null });

/**
 * Gathers what changes and sends it to every listening browser: `machine` (a row of the fleet list), `ticket`,
 * `signals` (live values of the one machine a browser watches), `status` (every 15 s: what is wrong with the hub) and
 * `resync` (fetch everything anew). Work per beat is bounded; nothing is computed while nobody listens.
 */
export class LiveHub {
  readonly #ports: ServerPorts;
  readonly #openTickets: OpenTickets;
  readonly #log = new EventLog();
  readonly #streams = new Set<EventStream>();
  readonly #changed = new Set<string>();
  /** What is wrong, and since when it was seen. */
  readonly #since = new Map<string, string>();
  readonly #sent = new Map<string, { gist: string; atMs: number }>();
  #unsubscribe: Unsubscribe[] = [];
  #timers: NodeJS.Timeout[] = [];
  #isBeating = false;

  constructor(ports: ServerPorts, openTickets: OpenTickets) {
    this.#ports = ports;
    this.#openTickets = openTickets;
  }

  start(): void {
    const { live, tickets } = this.#ports;
    this.#unsubscribe = [
      live.onChange((machineId) => this.#changed.add(machineId)),
      tickets.onChange((change) => {
        this.#toAll(this.#log.append("ticket", ticketEvent(change)));
        if (change.ticket.machineId) this.#changed.add(change.ticket.machineId);
      }),
    ];
    this.#timers = [
      setInterval(() => void this.#beat(), beatMs),
      setInterval(() => void this.#tellStatus(), statusEveryMs),
    ];
    for (const timer of this.#timers) timer.unref();
  }

  stop(): void {
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
    for (const timer of this.#timers) clearInterval(timer);
    for (const stream of this.#streams) stream.end();
    this.#streams.clear();
  }

  get streamCount(): number {
    return this.#streams.size;
  }

  /** Adds a browser; `lastEventId` is what it heard last, if anything. */
  async add(stream: EventStream, lastEventId: string | undefined): Promise<void> {
    this.#streams.add(stream);
    const missed = lastEventId === undefined ? [] : this.#log.since(lastEventId);
    for (const text of missed ?? [toEventText("resync", {})]) stream.send(text);
    const status = toEventText("status", await this.#status());
    // So that a line that breaks before anything happened is told what it missed.
    stream.send(`${this.#log.here}${status}`);
    this.#sendSignals(stream);
  }

  remove(stream: EventStream): void {
    this.#streams.delete(stream);
  }

  async #beat(): Promise<void> {
    if (this.#changed.size === 0 || this.#isBeating) return;
    if (this.#streams.size === 0) {
      this.#changed.clear();
      this.#log.forget();
      // Whoever comes next has seen what came in between, and must be told when it is as before again.
      this.#sent.clear();
      return;
    }
    this.#isBeating = true;
    try {
      const batch = new Set([...this.#changed].slice(0, mostMachinesPerBeat));
      for (const machineId of batch) this.#changed.delete(machineId);
      for (const stream of this.#streams)
        if (stream.machineId !== undefined && batch.has(stream.machineId))
          this.#sendSignals(stream);
      for (const row of await fleetRows(this.#ports, this.#openTickets.work, batch))
        this.#sendRow(row);
    } catch (error) {
      this.#ports.log.warn({ err: error }, "live view could not be sent");
    } finally {
      this.#isBeating = false;
    }
  }

  #sendRow(row: MachineRow): void {
    const nowMs = this.#ports.clock.monotonicMs();
    const now = gist(row);
    const before = this.#sent.get(row.machineId);
    const isDue = before === undefined || nowMs - before.atMs >= contactEveryMs;
    if (before?.gist === now && !isDue) return;
    this.#sent.set(row.machineId, { gist: now, atMs: nowMs });
    this.#toAll(this.#log.append("machine", row));
  }

  /** Live values carry no id: they are never sent again, the next ones replace them. */
  #sendSignals(stream: EventStream): void {
    const { machineId } = stream;
    if (machineId === undefined) return;
    const { live, clock } = this.#ports;
    const items = toSignalsNow(live.latest(machineId), undefined, clock.nowMs());
    this.#sendTo(stream, toEventText("signals", { machineId, items }));
  }

  async #tellStatus(): Promise<void> {
    const text = toEventText("status", await this.#status());
    // When who may listen cannot be looked up, those who may so far go on: what they hear comes from memory.
    let canLookUp = true;
    for (const stream of this.#streams) {
      const allowed: boolean | undefined = canLookUp ? await isAllowed(stream) : undefined;
      canLookUp &&= allowed !== undefined;
      if (allowed !== false) this.#sendTo(stream, text);
      else {
        stream.end();
        this.#streams.delete(stream);
      }
    }
  }

  async #status() {
    const found = await findProblems(this.#ports.readiness);
    const now = new Date(this.#ports.clock.nowMs()).toISOString();
    const names = new Set(found.map(({ name }) => name));
    for (const name of this.#since.keys()) if (!names.has(name)) this.#since.delete(name);
    const problems = found.map((one) => {
      const since = this.#since.get(one.name) ?? now;
      this.#since.set(one.name, since);
      return { ...one, since };
    });
    return { now, problems };
  }

  #toAll(text: string): void {
    for (const stream of this.#streams) this.#sendTo(stream, text);
  }

  #sendTo(stream: EventStream, text: string): void {
    if (!stream.send(text)) this.#streams.delete(stream);
  }
}

const answerMs = 3_000;

/** Undefined where that cannot be looked up now. */
const isAllowed = (stream: EventStream): Promise<boolean | undefined> =>
  Promise.race([
    stream.isStillAllowed().catch(() => undefined),
    sleep(answerMs, undefined, { ref: false }),
  ]);

/** Every check that is not green with what it says; one that throws or does not answer in 3 s is not. */
export async function findProblems(
  checks: ServerPorts["readiness"],
): Promise<{ name: string; severity: Severity; problem: string }[]> {
  const results = await Promise.all(
    checks.map(async (check) => {
      const { name, severity = "fault" } = check;
      const answer = Promise.resolve()
        .then(() => check.problem())
        .catch(() => "the check itself failed");
      const late = sleep(answerMs, "the check does not answer", { ref: false });
      return { name, severity, problem: await Promise.race([answer, late]) };
    }),
  );
  return results.flatMap(({ problem, ...check }) =>
    problem === undefined ? [] : [{ ...check, problem }],
  );
}
