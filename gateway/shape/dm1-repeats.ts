import type { ActiveDtcs } from "@firebreak/wire/machine-event.ts";

/** Identical messages of one source address are kept no closer than this: twice a second. */
const repeatNs = 500_000_000n;

/**
 * `changed`: something new, it hurries; `repeated`: the same again, kept as proof that it still holds; `too-often`: the
 * same again within half a second, not kept.
 */
export type Dm1Novelty = "changed" | "repeated" | "too-often";

/** Tells new trouble codes from repetitions, per source address of one machine. Pure: events carry the clock. */
export function createDm1Repeats(): (event: ActiveDtcs) => Dm1Novelty {
  const latest = new Map<number, { readonly content: string; keptNs: bigint }>();
  return ({ sa, timeNs, lamps, dtcs }) => {
    const content = JSON.stringify([lamps, dtcs]);
    const before = latest.get(sa);
    if (before?.content !== content) {
      latest.set(sa, { content, keptNs: timeNs });
      return before === undefined && isAllClear({ lamps, dtcs }) ? "repeated" : "changed";
    }
    const sinceNs = timeNs - before.keptNs;
    if (sinceNs >= 0n && sinceNs < repeatNs) return "too-often";
    before.keptNs = timeNs;
    return "repeated";
  };
}

/** A source address that says for the first time that nothing is wrong hurries nobody. */
const isAllClear = ({ lamps, dtcs }: Pick<ActiveDtcs, "lamps" | "dtcs">): boolean =>
  dtcs.length === 0 &&
  Object.values(lamps).every((lamp) => lamp === "off" || lamp === "not-available");
