import { encodeBatch, safeSampleCount } from "@firebreak/wire/batch-block.ts";
import { Quality, qualityNames } from "@firebreak/wire/quality.ts";
import { SampleColumns } from "@firebreak/wire/sample-columns.ts";
import { createDictionary, type SignalDefinition } from "@firebreak/wire/signal-dictionary.ts";
import type { ImportedRecord } from "../journal/record.ts";
import type { ImportSample } from "./import-rows.ts";

/** What one block may span; its times would not fit beyond 26 days. */
const longestBlockNs = 20n * 86_400_000_000_000n;

/** Samples of one signal, in order of time, as records for the journal. */
export function* toRecords(
  about: Pick<ImportedRecord, "importId" | "machineId" | "receivedAtMs">,
  signal: SignalDefinition,
  samples: readonly ImportSample[],
): Generator<ImportedRecord> {
  const dictionary = createDictionary("imported", [signal]);
  const identity = { gatewayId: "import", machineId: about.machineId };
  const epoch = about.importId.replaceAll("-", "");
  let number = 0;
  for (let from = 0; from < samples.length; ) {
    const baseNs = samples[from]?.timeNs ?? 0n;
    const columns = new SampleColumns(baseNs);
    let at = from;
    for (; at < samples.length && columns.length < safeSampleCount; at++) {
      const sample = samples[at];
      if (!sample || sample.timeNs - baseNs > longestBlockNs) break;
      const { timeNs, value, quality } = sample;
      columns.push(0, Number(timeNs - baseNs), value, codeOf(quality));
    }
    from = at;
    const counts = { produced: 0, suppressed: 0 };
    const header = { epoch, number: ++number, lane: "live", ...counts } as const;
    const block = encodeBatch(identity, { ...header, dictionary, samples: columns, events: [] });
    yield { kind: "imported", ...about, dictionary, block };
  }
}

const codeOf = (quality: ImportSample["quality"]): Quality =>
  Object.values(Quality).find((code) => qualityNames[code] === quality) ?? Quality.reserved;
