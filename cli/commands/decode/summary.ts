import { Quality } from "@firebreak/wire/quality.ts";
import type { DecodedDtcs, DecodedSamples } from "./recording-decoder.ts";
import {
  type CatalogueEntry,
  type SignalCatalogue,
  standardCatalogue,
} from "./signal-catalogue.ts";

interface SignalRange {
  /** Good values. */
  n: number;
  min: number | null;
  max: number | null;
  first: number | null;
  last: number | null;
  /** Samples with the error indicator. */
  error: number;
  /** Samples of any quality but not available. */
  spoken: number;
}

export interface DtcCount {
  readonly sa: number;
  readonly spn: number;
  readonly fmi: number;
  /** Messages that reported it. */
  count: number;
}

export interface RecordingSummary {
  readonly frames: number;
  readonly skippedLines: number;
  readonly signals: Record<string, Omit<SignalRange, "spoken">>;
  readonly dtcs: readonly DtcCount[];
  readonly pgns: Record<string, number>;
  readonly unknownPgns: Record<string, number>;
}

/** No machine has this many; only noise read as trouble codes could fill the memory. */
const mostDtcs = 65_536;

/** Adds up a recording: ranges per signal and source address, trouble codes, messages. Memory does not grow with it. */
export function createSummary({ entries }: SignalCatalogue = standardCatalogue) {
  const ranges: (SignalRange | undefined)[] = new Array(entries.length * 256).fill(undefined);
  const dtcs = new Map<string, DtcCount>();

  return {
    addSamples({ sa, samples }: DecodedSamples): void {
      for (let row = 0; row < samples.length; row++) {
        const signal = samples.signal[row] ?? 0;
        const place = signal * 256 + (entries[signal]?.canId === undefined ? sa : 0);
        const range = ranges[place] ?? emptyRange();
        ranges[place] = range;
        const quality = samples.quality[row];
        if (quality === Quality.good) addValue(range, samples.value[row] ?? Number.NaN);
        else if (quality === Quality.error) range.error++;
        if (quality !== Quality.notAvailable) range.spoken++;
      }
    },

    addActiveDtcs({ event }: DecodedDtcs): void {
      for (const { spn, fmi } of event.dtcs) {
        const key = `${event.sa} ${spn} ${fmi}`;
        const known = dtcs.get(key);
        if (known) known.count++;
        else if (dtcs.size < mostDtcs) dtcs.set(key, { sa: event.sa, spn, fmi, count: 1 });
      }
    },

    /** `messages`: whole messages by PGN. Signals that only ever were not available are left out unless wanted. */
    result(rest: {
      readonly frames: number;
      readonly skippedLines: number;
      readonly messages: ReadonlyMap<number, { count: number; isKnown: boolean }>;
      readonly withNotAvailable: boolean;
    }): RecordingSummary {
      const { frames, skippedLines, messages, withNotAvailable } = rest;
      const signals: RecordingSummary["signals"] = {};
      for (const [place, range] of ranges.entries()) {
        if (range === undefined || (range.spoken === 0 && !withNotAvailable)) continue;
        const { spoken: _, ...shown } = range;
        signals[keyOf(entries[place >>> 8], place & 0xff)] = shown;
      }
      const pgns = Object.fromEntries([...messages].map(([pgn, { count }]) => [pgn, count]));
      const unknown = [...messages].filter(([, { isKnown }]) => !isKnown);
      return {
        frames,
        skippedLines,
        signals,
        dtcs: [...dtcs.values()].sort((a, b) => a.sa - b.sa || a.spn - b.spn || a.fmi - b.fmi),
        pgns,
        unknownPgns: Object.fromEntries(unknown.map(([pgn, { count }]) => [pgn, count])),
      };
    },
  };
}

/** A signal that is bound to an identifier has no source address. */
function keyOf(entry: CatalogueEntry | undefined, sa: number): string {
  const { spn, name, canId } = entry ?? {};
  return canId === undefined ? `${spn ?? name}@${sa}` : `${name}`;
}

const emptyRange = (): SignalRange => ({
  n: 0,
  min: null,
  max: null,
  first: null,
  last: null,
  error: 0,
  spoken: 0,
});

function addValue(range: SignalRange, value: number): void {
  range.n++;
  range.first ??= value;
  range.last = value;
  if (range.min === null || value < range.min) range.min = value;
  if (range.max === null || value > range.max) range.max = value;
}
