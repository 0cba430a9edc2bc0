import { activeDtcsPgn } from "@firebreak/gateway/sources/can/j1939/dm1.ts";
import type { RecordingFrame } from "@firebreak/gateway/sources/can/recording-frame.ts";
import { Quality, qualityNames } from "@firebreak/wire/quality.ts";
import type { DecodedDtcs, DecodedSamples, DecodedSaying } from "./recording-decoder.ts";
import { type SignalCatalogue, standardCatalogue } from "./signal-catalogue.ts";

/** The parts of a line that are the same for every sample of a signal. */
const partsOf = ({ entries }: SignalCatalogue) =>
  entries.map(({ canId, pgn, spn, name, unit }) => ({
    head: `,${canId === undefined ? `"pgn":${pgn}` : `"id":${canId}`}${spn === undefined ? "" : `,"spn":${spn}`},"name":${JSON.stringify(name)},"value":`,
    tails: qualityNames.map((word) => `,"unit":${JSON.stringify(unit)},"quality":"${word}"}\n`),
  }));

/** Turns decoded messages into NDJSON, one line per sample, put together by hand because there are millions. */
export function createSampleLines({
  withNotAvailable,
  catalogue = standardCatalogue,
}: {
  readonly withNotAvailable: boolean;
  readonly catalogue?: SignalCatalogue;
}) {
  const parts = partsOf(catalogue);
  const stampText = createStampText();
  let bus = "";
  let busText = "";

  function start(frame: RecordingFrame, sa: number): string {
    if (frame.bus !== bus) {
      bus = frame.bus;
      busText = JSON.stringify(bus);
    }
    const sender = frame.isExtended ? `,"sa":${sa}` : "";
    return `{"t":${stampText(frame)},"bus":${busText}${sender}`;
  }

  return {
    ofSamples({ frame, sa, samples }: DecodedSamples): string {
      let text = "";
      let head = "";
      for (let row = 0; row < samples.length; row++) {
        const quality = samples.quality[row] ?? 0;
        if (quality === Quality.notAvailable && !withNotAvailable) continue;
        const part = parts[samples.signal[row] ?? 0];
        if (part === undefined) continue;
        if (head === "") head = start(frame, sa);
        const value = quality === Quality.good ? samples.value[row] : null;
        text += `${head}${part.head}${value}${part.tails[quality]}`;
      }
      return text;
    },

    ofSaying({ frame, said }: DecodedSaying): string {
      const rest = JSON.stringify(said);
      return `${start(frame, frame.canId & 0xff)},${rest.slice(1)}\n`;
    },

    ofActiveDtcs({ frame, event: { sa, dtcs, lamps } }: DecodedDtcs): string {
      const rest = JSON.stringify({ pgn: activeDtcsPgn, dtcs, lamps });
      return `${start(frame, sa)},${rest.slice(1)}\n`;
    },
  };
}

/** 000 to 999, and the same without the zeros at the end. */
const threeDigits = Array.from({ length: 1000 }, (_, number) => `${number}`.padStart(3, "0"));
const trimmedDigits = threeDigits.map((digits) => digits.replace(/0+$/, ""));

/**
 * Writes the file's stamps as JSON numbers, seconds, with every digit the file has; `null` where it has none. Put
 * together from ready digits: as numbers, millions of different ones would pass through the engine's text cache.
 */
export function createStampText(): (frame: RecordingFrame) => string {
  let lastSeconds = 0;
  let lastText = "0";

  return ({ hasStamp, stampSeconds, stampNanos }) => {
    if (!hasStamp) return "null";
    const isBeforeZero = stampSeconds < 0;
    const isCarried = isBeforeZero && stampNanos > 0;
    const seconds = isBeforeZero ? -stampSeconds - (isCarried ? 1 : 0) : stampSeconds;
    const nanos = isCarried ? 1e9 - stampNanos : stampNanos;
    if (seconds !== lastSeconds) {
      lastSeconds = seconds;
      lastText = `${seconds}`;
    }
    const whole = isBeforeZero ? `-${lastText}` : lastText;
    return nanos === 0 ? whole : `${whole}.${decimals(nanos)}`;
  };
}

function decimals(nanos: number): string {
  const milli = Math.trunc(nanos / 1e6);
  const micro = Math.trunc(nanos / 1e3) % 1000;
  const nano = nanos % 1000;
  if (nano > 0) return `${threeDigits[milli]}${threeDigits[micro]}${trimmedDigits[nano]}`;
  return micro > 0 ? `${threeDigits[milli]}${trimmedDigits[micro]}` : `${trimmedDigits[milli]}`;
}
