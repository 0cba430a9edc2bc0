import { readFileSync } from "node:fs";
import { writeFileDurably } from "@firebreak/kit/files.ts";

const msPerDay = 86_400_000;
const keptDays = 62;
/** The forecast goes by so many days. */
const rateDays = 7;
/** From less than this nothing is foretold. */
const minObservedMs = 3_600_000;
/** What a message costs on a mobile link beside the batch: topic, Sparkplug, MQTT, TLS record, TCP and IP headers. */
export const messageOverheadBytes = 160;

/** Bytes of one machine by UTC day since 1970. */
type Days = Record<string, number>;

/** What was really sent, repeats and overhead included, by machine and UTC day. */
export class DataUsage {
  readonly #file: string;
  readonly #nowMs: () => number;
  readonly #machines = new Map<string, Days>();
  #sinceMs: number;

  /** Goes on with what an earlier life wrote down; a file that cannot be read counts as none. */
  constructor(file: string, nowMs: () => number) {
    this.#file = file;
    this.#nowMs = nowMs;
    this.#sinceMs = nowMs();
    try {
      const saved = JSON.parse(readFileSync(file, "utf8")) as {
        sinceMs: number;
        machines: Record<string, Days>;
      };
      this.#sinceMs = saved.sinceMs;
      for (const [machineId, days] of Object.entries(saved.machines))
        this.#machines.set(machineId, days);
    } catch {
      // Absent or damaged: counting begins again.
    }
  }

  note(machineId: string, bytes: number): void {
    const days = this.#machines.get(machineId) ?? {};
    const today = String(Math.floor(this.#nowMs() / msPerDay));
    days[today] = (days[today] ?? 0) + bytes;
    this.#machines.set(machineId, days);
  }

  /** Since the UTC month began. */
  usedBytes(machineId: string): number {
    const from = Math.ceil(monthOf(this.#nowMs()).startMs / msPerDay);
    return this.#sum(machineId, from);
  }

  /** What the whole UTC month will take if the rest of it is as the last days were; null while too little is known. */
  forecastBytes(machineId: string): number | null {
    const nowMs = this.#nowMs();
    const from = Math.floor(nowMs / msPerDay) - rateDays + 1;
    // Counting that began in the future began under a wrong clock.
    const sinceMs = this.#sinceMs > nowMs ? 0 : this.#sinceMs;
    const observedMs = nowMs - Math.max(sinceMs, from * msPerDay);
    if (observedMs < minObservedMs) return null;
    const perMs = this.#sum(machineId, from) / observedMs;
    return this.usedBytes(machineId) + perMs * (monthOf(nowMs).endMs - nowMs);
  }

  /** @throws the system's error; it may be tried again */
  save(): void {
    const oldest = Math.floor(this.#nowMs() / msPerDay) - keptDays;
    for (const days of this.#machines.values())
      for (const day of Object.keys(days)) if (Number(day) < oldest) delete days[day];
    const machines = Object.fromEntries(this.#machines);
    writeFileDurably(this.#file, JSON.stringify({ sinceMs: this.#sinceMs, machines }));
  }

  /** Up to today: days to come are those of a clock that was ahead. */
  #sum(machineId: string, fromDay: number): number {
    const days = this.#machines.get(machineId) ?? {};
    const today = Math.floor(this.#nowMs() / msPerDay);
    return Object.entries(days).reduce(
      (sum, [day, bytes]) => (Number(day) >= fromDay && Number(day) <= today ? sum + bytes : sum),
      0,
    );
  }
}

function monthOf(nowMs: number): { readonly startMs: number; readonly endMs: number } {
  const now = new Date(nowMs);
  const [year, month] = [now.getUTCFullYear(), now.getUTCMonth()];
  return { startMs: Date.UTC(year, month, 1), endMs: Date.UTC(year, month + 1, 1) };
}
