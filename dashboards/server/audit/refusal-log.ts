import type { AuditLine } from "@firebreak/tickets/audit/audit.ts";
import type { AuditDesk } from "@firebreak/tickets/audit/audit-desk.ts";

interface Window {
  readonly line: AuditLine;
  readonly untilMs: number;
  /** Refusals since the line was written. */
  more: number;
}

const WINDOW_MS = 60_000;
const MAX_WINDOWS = 2_000;

/**
 * Refusals in the log, however many there are: the first of a kind is written at once, those like it within a minute
 * are counted and written as one line when the minute is over. So nobody can fill the disk by being refused.
 */
export class RefusalLog {
  readonly #audit: Pick<AuditDesk, "record">;
  readonly #windows = new Map<string, Window>();
  /** Refusals of more kinds than are told apart. */
  #overflow: AuditLine | undefined;

  constructor(audit: Pick<AuditDesk, "record">) {
    this.#audit = audit;
  }

  async add(line: AuditLine, nowMs: number): Promise<void> {
    await this.flush(nowMs);
    const key = JSON.stringify([line.actor, line.action, line.subject, line.facts]);
    const open = this.#windows.get(key);
    if (open !== undefined) open.more++;
    else if (this.#windows.size >= MAX_WINDOWS) this.#countOverflow(line.at);
    else {
      this.#windows.set(key, { line, untilMs: nowMs + WINDOW_MS, more: 0 });
      await this.#audit.record(line);
    }
  }

  /** Writes what was counted in the minutes that are over by now; `Infinity` for all. */
  async flush(nowMs: number): Promise<void> {
    const lines: AuditLine[] = [];
    for (const [key, { line, untilMs, more }] of this.#windows) {
      // In the order of their beginning, so the first that is not over ends it.
      if (untilMs > nowMs) break;
      this.#windows.delete(key);
      if (more > 0) lines.push({ ...line, facts: { ...line.facts, again: more } });
    }
    if (this.#overflow !== undefined && (lines.length > 0 || this.#windows.size === 0)) {
      lines.push(this.#overflow);
      this.#overflow = undefined;
    }
    await Promise.all(lines.map((line) => this.#audit.record(line)));
  }

  #countOverflow(at: string): void {
    const again = Number(this.#overflow?.facts?.again ?? 0) + 1;
    this.#overflow = { at, actor: "anybody", action: "refused", facts: { again } };
  }
}
