import { systemClock } from "@firebreak/kit/clock.ts";
import { silentLogger } from "@firebreak/kit/logger.ts";
import { dictionaryOfPlan } from "@firebreak/plans/dictionary-of-plan.ts";
import type { Plan, Signal } from "@firebreak/plans/plan-schema.ts";
import { type QualityName, qualityName } from "@firebreak/wire/quality.ts";
import type { SampleColumns } from "@firebreak/wire/sample-columns.ts";
import type { SourceEvent } from "../decode/source-event.ts";
import type { Intake, SourceContext } from "./source.ts";

export interface Row {
  readonly signal: string;
  readonly timeNs: bigint;
  readonly value: number | null;
  readonly quality: QualityName;
}

/** Keeps everything a source delivers. */
export class Collector implements Intake {
  readonly rows: Row[] = [];
  readonly events: SourceEvent[] = [];
  room: Promise<void> = Promise.resolve();
  readonly #names: readonly string[];

  constructor({ dictionary }: Pick<SourceContext, "dictionary">) {
    this.#names = dictionary.signals.map(({ name }) => name);
  }

  deliver(samples: SampleColumns, events: readonly SourceEvent[]): void {
    for (let row = 0; row < samples.length; row++)
      this.rows.push({
        signal: this.#names[samples.signal[row] ?? -1] ?? "?",
        timeNs: samples.timeNs(row),
        value: Number.isNaN(samples.value[row]) ? null : (samples.value[row] ?? null),
        quality: qualityName(samples.quality[row] ?? 0),
      });
    this.events.push(...events);
  }

  whenRoom(): Promise<void> {
    return this.room;
  }

  /** The newest of one signal. */
  last(signal: string): Row | undefined {
    return this.rows.findLast((row) => row.signal === signal);
  }
}

export function contextOf(plan: Pick<Plan, "plan" | "acquisition">): SourceContext {
  return {
    machineId: "M1",
    acquisition: plan.acquisition,
    dictionary: dictionaryOfPlan(plan as Plan),
    clock: systemClock,
    log: silentLogger,
  };
}

const text = { en: "x", "zh-CN": "x" };

/** A Modbus signal of a made-up plan. */
export const registerSignal = (modbus: object, range: [number, number] = [-1e9, 1e9]): Signal =>
  ({
    title: text,
    unit: "kPa",
    scale: 1,
    offset: 0,
    range,
    sampling: "every",
    source: "made up",
    modbus,
  }) as Signal;
