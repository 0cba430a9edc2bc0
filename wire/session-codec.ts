import { CodedError } from "@firebreak/kit/coded-error.ts";
import { listAt, malformedSession, objectAt, textAt, wholeAt } from "./json-shape.ts";
import type { Acknowledgement, EpochOffer, NumberRange, Offer } from "./session.ts";
import { checkId } from "./topics.ts";

/** The most that an offer or a list of acknowledgements may weigh, characters. */
const maxTextLength = 1024 * 1024;
const maxEpochs = 1_000;
const maxMachines = 1_000;
const maxRanges = 50_000;

/** An acknowledgement carries at most so many ranges; the lowest are kept, the rest follows once gaps close. */
const maxAcknowledgedRanges = 1_000;

const epochPattern = /^[0-9a-f]{32}$/;
const storePattern = /^[\x21-\x7e]{1,128}$/;

/** The value of metric `Firebreak/Offer`. Throws SESSION_TOO_LARGE where `parseOffer` would refuse it. */
export function encodeOffer(offer: Offer): string {
  return bounded(JSON.stringify(offer));
}

/** Reads and checks an offer of a gateway. Throws SESSION_MALFORMED, also for a protocol other than 1. */
export function parseOffer(text: string): Offer {
  const { protocol, storeId, epochs } = objectAt(parseJson(text), "offer");
  if (protocol !== 1) throw malformedSession("offer.protocol");
  return {
    protocol,
    storeId: storeId === null ? null : textAt(storeId, "offer.storeId", storePattern),
    epochs: listAt(epochs, "offer.epochs", { max: maxEpochs, read: readEpoch }),
  };
}

/** The value of metric `Firebreak/Acknowledge`. Leaving out high ranges is safe: it acknowledges less. */
export function encodeAcknowledgements(acknowledgements: readonly Acknowledgement[]): string {
  return bounded(
    JSON.stringify(
      acknowledgements.map((one) => ({
        ...one,
        ranges: one.ranges.slice(0, maxAcknowledgedRanges),
      })),
    ),
  );
}

/** Reads and checks acknowledgements of the hub. Throws SESSION_MALFORMED. */
export function parseAcknowledgements(text: string): Acknowledgement[] {
  return listAt(parseJson(text), "acknowledgements", {
    max: maxEpochs,
    read: (value) => {
      const one = objectAt(value, "acknowledgement");
      const through = wholeAt(one.through, "acknowledgement.through");
      return {
        storeId: textAt(one.storeId, "acknowledgement.storeId", storePattern),
        epoch: textAt(one.epoch, "acknowledgement.epoch", epochPattern),
        through,
        ranges: readRanges(one.ranges, "acknowledgement.ranges", { above: through }),
      };
    },
  });
}

function readEpoch(value: unknown): EpochOffer {
  const { epoch, next, held, machines } = objectAt(value, "offer.epochs");
  const nextNumber = wholeAt(next, "offer.next", { min: 1 });
  return {
    epoch: textAt(epoch, "offer.epoch", epochPattern),
    next: nextNumber,
    held: readRanges(held, "offer.held", { above: 0, below: nextNumber }),
    machines: readMachines(machines),
  };
}

/** Without a prototype, so that a machine named `constructor` is found only where it was sent. */
function readMachines(value: unknown): EpochOffer["machines"] {
  const entries = Object.entries(objectAt(value, "offer.machines"));
  if (entries.length > maxMachines) throw malformedSession("offer.machines");
  const machines = Object.create(null);
  for (const [machineId, ledger] of entries) {
    if (checkId(machineId)) throw malformedSession("offer.machines");
    const { produced, suppressed } = objectAt(ledger, "offer.machines");
    machines[machineId] = {
      produced: wholeAt(produced, "offer.machines.produced"),
      suppressed: wholeAt(suppressed, "offer.machines.suppressed"),
    };
  }
  return machines;
}

/** Ascending and disjoint ranges of numbers n with above < n < below. */
function readRanges(
  value: unknown,
  where: string,
  { above, below }: { above: number; below?: number },
): NumberRange[] {
  let previous = above;
  return listAt(value, where, {
    max: maxRanges,
    read: (element) => {
      if (!Array.isArray(element) || element.length !== 2) throw malformedSession(where);
      const first = wholeAt(element[0], where, { min: previous + 1 });
      const last = wholeAt(element[1], where, {
        min: first,
        max: below === undefined ? Number.MAX_SAFE_INTEGER : below - 1,
      });
      previous = last;
      return [first, last] as const;
    },
  });
}

function parseJson(text: string): unknown {
  if (text.length > maxTextLength) throw malformedSession("the size of the message");
  try {
    return JSON.parse(text);
  } catch (error) {
    throw malformedSession("JSON", error);
  }
}

function bounded(text: string): string {
  if (text.length > maxTextLength)
    throw new CodedError("SESSION_TOO_LARGE", "the message exceeds its greatest size");
  return text;
}
