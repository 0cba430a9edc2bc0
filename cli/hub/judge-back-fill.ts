import { nsOfIso } from "@firebreak/ingest/iso-ns.ts";
import type { TelemetryStore } from "@firebreak/ingest/store/store.ts";
import { dictionaryOfPlan } from "@firebreak/plans/dictionary-of-plan.ts";
import type { Plan } from "@firebreak/plans/plan-schema.ts";
import { judgedSignals } from "@firebreak/rules/engine/judged-signals.ts";
import { createRuleEngine } from "@firebreak/rules/engine/rule-engine.ts";
import type { Finding, ToldCode } from "@firebreak/rules/finding.ts";
import { ToldCodes } from "@firebreak/rules/history/told-codes.ts";
import type { Batch } from "@firebreak/wire/batch.ts";
import type { ActiveDtcs } from "@firebreak/wire/machine-event.ts";
import { type Quality, qualityCodes } from "@firebreak/wire/quality.ts";
import { SampleColumns } from "@firebreak/wire/sample-columns.ts";
import type { SignalDictionary } from "@firebreak/wire/signal-dictionary.ts";

export interface StoredSpan {
  readonly machineId: string;
  /** ms since the epoch, inclusive both. */
  readonly fromMs: number;
  readonly toMs: number;
}

const epoch = "c".repeat(32);
/** In memory at once: 22,000 samples of the reference profile. */
const pieceMs = 3_600_000;
const pageSamples = 20_000;
/** Judged at one go: some 4 ms. Engineering default. */
const rowsAtOnce = 2_000;
const minuteNs = 60e9;

interface Rows {
  readonly signal: number[];
  readonly offsetNs: number[];
  readonly value: number[];
  readonly quality: Quality[];
}

interface Reading {
  readonly store: Pick<TelemetryStore, "raw">;
  readonly abort: AbortSignal;
}

/**
 * Lets a plan's live rules judge what is stored of a machine in a span, in the order of its own time, as if they had been
 * there. They know nothing from before it. The same samples and steps give the same findings, however they came.
 * `steps`: of its trouble codes, oldest first.
 */
export async function judgeStoredSpan(
  plan: Plan,
  { machineId, fromMs, toMs }: StoredSpan,
  { steps, ...reading }: Reading & { readonly steps: readonly ToldCode[] },
): Promise<Finding[]> {
  // Nobody is told of signals that no rule speaks of: they need not be read.
  const judged: Plan = { ...plan, rules: { ...plan.rules, defaults: "off" } };
  const engine = createRuleEngine({ planOf: () => judged, isAttended: false });
  const dictionary = dictionaryOfPlan(judged);
  const names = judgedSignals(judged);
  const codes = new ToldCodes(steps);
  const findings: Finding[] = [];
  for (let startMs = fromMs; startMs <= toMs && !reading.abort.aborted; startMs += pieceMs) {
    const span = { machineId, fromMs: startMs, toMs: Math.min(startMs + pieceMs - 1, toMs) };
    for (const batch of await batchesOf(span, { ...reading, names, dictionary, codes })) {
      const { samples, header } = batch;
      const newestNs = samples.length > 0 ? samples.timeNs(samples.length - 1) : header.baseNs;
      const receivedMs = Number(newestNs / 1_000_000n);
      const begunMs = performance.now();
      findings.push(...engine.process({ machineId, epoch, receivedMs, batch, dictionary }));
      // Half of the thread at most, however many machines have come back at once.
      const spentMs = performance.now() - begunMs;
      await new Promise<void>((next) => setTimeout(next, spentMs));
    }
  }
  return findings;
}

/** What is stored of the span, with the messages of its codes among the samples. */
async function batchesOf(
  span: StoredSpan,
  of: Reading & {
    readonly names: readonly string[];
    readonly dictionary: SignalDictionary;
    readonly codes: ToldCodes;
  },
): Promise<Batch[]> {
  const { names, dictionary, codes } = of;
  const { fromMs, toMs } = span;
  const baseNs = BigInt(fromMs) * 1_000_000n;
  const rows: Rows = { signal: [], offsetNs: [], value: [], quality: [] };
  for (const name of names) {
    const index = dictionary.signals.findIndex((one) => one.name === name);
    await load(rows, { ...of, ...span, name, index });
  }
  const order = inTime(rows);
  const minutes = new Set(order.map((row) => Math.floor((rows.offsetNs[row] ?? 0) / minuteNs)));
  const isOn = (ms: number) => minutes.has(Math.floor(((ms - fromMs) * 1e6) / minuteNs));
  const events = [...codes.between(fromMs, toMs + 1, isOn)];
  return Array.from(pieces(rows, order, { baseNs, events }), ({ samples, told }) => ({
    header: {
      ...{ epoch, number: 1, lane: "live", dictionary: dictionary.hash, baseNs },
      ...{ sampleCount: samples.length, eventCount: told.length, produced: 0, suppressed: 0 },
    },
    samples,
    events: told,
  }));
}

async function load(
  rows: Rows,
  from: Reading & StoredSpan & { readonly name: string; readonly index: number },
): Promise<void> {
  const { store, abort, machineId, name, index } = from;
  const [baseNs, toNs] = [BigInt(from.fromMs) * 1_000_000n, BigInt(from.toMs + 1) * 1_000_000n];
  const query = { machineId, signal: name, fromNs: baseNs, toNs };
  for (let cursor: string | undefined; ; ) {
    const at = cursor === undefined ? {} : { cursor };
    const page = await store.raw({ ...query, limit: pageSamples, ...at }, { abort });
    for (const [row, stamp] of page.t.entries()) {
      rows.signal.push(index);
      rows.offsetNs.push(Number(nsOfIso(stamp) - baseNs));
      rows.value.push(page.value[row] ?? Number.NaN);
      rows.quality.push(qualityCodes[page.quality[row] ?? "reserved"]);
    }
    if (page.next === undefined) return;
    cursor = page.next;
  }
}

/** Rows in the order of their stamps; of equal ones in the order of the signals. */
function inTime({ offsetNs }: Rows): Uint32Array {
  return Uint32Array.from(offsetNs.keys()).sort(
    (a, b) => (offsetNs[a] ?? 0) - (offsetNs[b] ?? 0) || a - b,
  );
}

/** Batches with the events that came up to their end. */
function* pieces(
  rows: Rows,
  order: Uint32Array,
  { baseNs, events }: { readonly baseNs: bigint; readonly events: readonly ActiveDtcs[] },
): Generator<{ samples: SampleColumns; told: ActiveDtcs[] }> {
  let next = 0;
  for (let at = 0; at < order.length; at += rowsAtOnce) {
    const samples = new SampleColumns(baseNs);
    for (const row of order.subarray(at, at + rowsAtOnce))
      samples.push(
        rows.signal[row] ?? 0,
        rows.offsetNs[row] ?? 0,
        rows.value[row] ?? Number.NaN,
        rows.quality[row] ?? qualityCodes.error,
      );
    const isLast = at + rowsAtOnce >= order.length;
    const untilNs = samples.timeNs(samples.length - 1);
    const told: ActiveDtcs[] = [];
    for (let event = events[next]; event; event = events[++next]) {
      if (!isLast && event.timeNs > untilNs) break;
      told.push(event);
    }
    yield { samples, told };
  }
}
