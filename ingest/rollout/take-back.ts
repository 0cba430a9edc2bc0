import { isUnderWay, type Rollout, type RolloutSettings } from "./rollout.ts";
import { nobody } from "./rollout-errors.ts";

const nothing = "version: 1\n";

export interface TakeBack {
  /** The highest of the new versions. */
  readonly version: number;
  /** By new version. */
  readonly texts: ReadonlyMap<number, string>;
  readonly places: readonly { gatewayId: string; wave: number; version: number }[];
  readonly settings: RolloutSettings;
}

/** What gives every gateway that a roll-out has reached what it had before, to all at once. @throws CodedError ROLLOUT_NOBODY */
export function planTakeBack(
  { targets }: Rollout,
  firstVersion: number,
  textOf: (version: number) => string | undefined,
): TakeBack {
  const reached = targets.filter((target) => target.state === "confirmed" || isUnderWay(target));
  if (reached.length === 0) throw nobody("it has reached no gateway");
  const before = [...new Set(reached.map(({ previousVersion }) => previousVersion))];
  const versionOf = new Map(before.map((previous, at) => [previous, firstVersion + at]));
  const version = firstVersion + before.length - 1;
  return {
    version,
    texts: new Map(before.map((previous, at) => [firstVersion + at, textOf(previous) ?? nothing])),
    places: reached.map(({ gatewayId, previousVersion }) => ({
      gatewayId,
      wave: 0,
      version: versionOf.get(previousVersion) ?? version,
    })),
    settings: {
      canaryCount: reached.length,
      soakMs: 0,
      wavePercent: 100,
      maxFailures: reached.length,
    },
  };
}
