import { CodedError } from "@firebreak/kit/coded-error.ts";
import { isOpen, isUnderWay, type Rollout, type RolloutTarget } from "./rollout.ts";
import { unknownRollout } from "./rollout-errors.ts";

/** A gateway's part in a roll-out. */
export interface Part {
  readonly rollout: Rollout;
  /** Its place among the targets. */
  readonly at: number;
  readonly target: RolloutTarget;
}

/** The roll-outs in memory: so many of the newest, and all that are not over. A gateway is found without a look at every target. */
export class RolloutBook {
  readonly #kept: number;
  /** By id, oldest first. */
  readonly #rollouts = new Map<string, Rollout>();
  /** By version, the id of the one roll-out that has made it. */
  readonly #makers = new Map<number, string>();
  /** Ids of those in which somebody still has something to hear or to say. */
  readonly #unsettled = new Set<string>();
  /** By id, where each gateway stands; targets keep their places. Made when first asked for. */
  readonly #places = new Map<string, ReadonlyMap<string, number>>();

  /** @param rollouts newest first */
  constructor(kept: number, rollouts: readonly Rollout[]) {
    this.#kept = kept;
    for (const rollout of rollouts.toReversed()) this.put(rollout);
  }

  /** Newest first. */
  list(): readonly Rollout[] {
    return [...this.#rollouts.values()].reverse();
  }

  open(): readonly Rollout[] {
    return [...this.#unsettled].flatMap((id) => {
      const rollout = this.#rollouts.get(id);
      return rollout !== undefined && isOpen(rollout) ? [rollout] : [];
    });
  }

  find(rolloutId: string): Rollout | undefined {
    return this.#rollouts.get(rolloutId);
  }

  /** @throws CodedError ROLLOUT_UNKNOWN */
  known(rolloutId: string): Rollout {
    const found = this.find(rolloutId);
    if (found === undefined) throw unknownRollout();
    return found;
  }

  /** A new one, or what has become of a known one. */
  put(rollout: Rollout): void {
    const { rolloutId, targets } = rollout;
    if (!this.#rollouts.has(rolloutId))
      for (const { version } of targets) this.#makers.set(version, rolloutId);
    this.#rollouts.set(rolloutId, rollout);
    if (isOpen(rollout) || targets.some(isUnderWay)) this.#unsettled.add(rolloutId);
    else this.#unsettled.delete(rolloutId);
    this.#trim();
  }

  /** Where word of `version` from this gateway may be news: the roll-out that has made it, and all that are under way. */
  partsOf(gatewayId: string, version?: number): readonly Part[] {
    const ids = new Set(this.#unsettled);
    const maker = version === undefined ? undefined : this.#makers.get(version);
    if (maker !== undefined) ids.add(maker);
    return [...ids].flatMap((id) => this.#partIn(id, gatewayId) ?? []);
  }

  /** @throws CodedError ROLLOUT_OVERLAP when one of them is in a roll-out that is not over, but for `except` */
  refuseOverlap(gatewayIds: readonly string[], except?: string): void {
    const ids = new Set(gatewayIds);
    for (const { rolloutId, title, targets } of this.open()) {
      if (rolloutId === except) continue;
      const taken = targets.find(({ gatewayId }) => ids.has(gatewayId));
      if (taken !== undefined)
        throw new CodedError(
          "ROLLOUT_OVERLAP",
          `${taken.gatewayId} is in "${title}", which is not over yet`,
        );
    }
  }

  #partIn(rolloutId: string, gatewayId: string): Part | undefined {
    const rollout = this.#rollouts.get(rolloutId);
    if (rollout === undefined) return undefined;
    let places = this.#places.get(rolloutId);
    if (places === undefined) {
      places = new Map(rollout.targets.map((target, at) => [target.gatewayId, at]));
      this.#places.set(rolloutId, places);
    }
    const at = places.get(gatewayId);
    const target = at === undefined ? undefined : rollout.targets[at];
    return at === undefined || target === undefined ? undefined : { rollout, at, target };
  }

  #trim(): void {
    for (const rollout of this.#rollouts.values()) {
      if (this.#rollouts.size <= this.#kept) return;
      if (isOpen(rollout)) continue;
      const { rolloutId, targets } = rollout;
      this.#rollouts.delete(rolloutId);
      this.#unsettled.delete(rolloutId);
      this.#places.delete(rolloutId);
      for (const { version } of targets) this.#makers.delete(version);
    }
  }
}
