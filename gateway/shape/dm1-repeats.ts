import type { ActiveDtcs } from "@firebreak/wire/machine-event.ts";

/**
 * Identical messages of one source address are kept no closer than this: twice a second while something is active, so
 * that rules can count and time them; every five seconds while nothing is.
 */
const repeatNs = 500_000_000n;
const clearRepeatNs = 5_000_000_000n;

/**
 * `changed`: something new, it hurries; `repeated`: the same again, kept as proof that it still holds; `too-often`: the
 * same again too soon, not kept.
 */
export type Dm1Novelty = "changed" | "repeated" | "too-often";

/** Tells new trouble codes from repetitions, per source address of one machine. Pure: events carry the clock. */
export function createDm1Repeats(): (event: ActiveDtcs) => Dm1Novelty {
  const latest = new Map<number, { readonly content: string; keptNs: bigint }>();
  return ({ network = 0, sa, timeNs, lamps, dtcs }) => {
    const origin = (network << 8) | sa;
    const content = JSON.stringify([lamps, dtcs]);
    const before = latest.get(origin);
    if (before?.content !== content) {
      latest.set(origin, { content, keptNs: timeNs });
      return before === undefined && isAllClear({ lamps, dtcs }) ? "repeated" : "changed";
    }
    const sinceNs = timeNs - before.keptNs;
    const apartNs = isAllClear({ lamps, dtcs }) ? clearRepeatNs : repeatNs;
    if (sinceNs >= 0n && sinceNs < apartNs) return "too-often";
    before.keptNs = timeNs;
    return "repeated";
  };
}

/** A source address that says for the first time that nothing is wrong hurries nobody. */
const isAllClear = ({ lamps, dtcs }: Pick<ActiveDtcs, "lamps" | "dtcs">): boolean =>
  dtcs.length === 0 &&
  Object.values(lamps).every((lamp) => lamp === "off" || lamp === "not-available");
