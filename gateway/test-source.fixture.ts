import { loadPlan } from "@firebreak/plans/load-plans.ts";
import type { MachineEvent } from "@firebreak/wire/machine-event.ts";
import { SampleColumns } from "@firebreak/wire/sample-columns.ts";
import { Observable } from "rxjs";
import type { Intake, Source, SourceState } from "./sources/source.ts";

export const tractorPlan = loadPlan("loader-tractor");

/** A source that a test feeds by hand. Value and stamp of sample n are n. */
export class HandFedSource implements Source {
  readonly name: string = "by hand";
  #intake: Intake | undefined;
  given = 0;
  /** Value of sample n, if it is to be another than n. */
  valueOf = (n: number): number => n;
  /** What it says of itself when it is opened; undefined: nothing. */
  says: SourceState | undefined;

  open(intake: Intake): Observable<SourceState> {
    return new Observable((subscriber) => {
      this.#intake = intake;
      if (this.says) subscriber.next(this.says);
      return () => {
        this.#intake = undefined;
      };
    });
  }

  counters(): Record<string, number> {
    return { given: this.given };
  }

  /** Hands on `count` samples of signal 0. */
  give(count: number, events: readonly MachineEvent[] = []): void {
    const columns = new SampleColumns(1_700_000_000_000_000_000n, count);
    for (let at = 0; at < count; at++) {
      this.given++;
      columns.push(0, this.given * 1_000, this.valueOf(this.given), 0);
    }
    this.#intake?.deliver(columns, events);
  }
}

export const dm1 = (spn: number, timeNs: bigint): MachineEvent => ({
  kind: "active-dtcs",
  timeNs,
  sa: 0,
  lamps: { mil: "off", redStop: "off", amberWarning: "on", protect: "off" },
  dtcs: spn === 0 ? [] : [{ spn, fmi: 4, oc: 1, cm: 0 }],
});

/** Resolves once `isTrue`; fails after `limitMs`, saying what was waited for. */
export async function until(isTrue: () => boolean, what: string, limitMs = 60_000): Promise<void> {
  const endMs = performance.now() + limitMs;
  while (!isTrue()) {
    if (performance.now() > endMs) throw new Error(`in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
