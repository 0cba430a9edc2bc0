import type { Clock } from "@firebreak/kit/clock.ts";

/** The hub's clock against this gateway's. */
export interface HubDifference {
  /** Hub minus gateway, ms. */
  readonly differenceMs: number;
  /** It is off by at most so much, ms: half of the round trip that it was measured in. */
  readonly boundMs: number;
}

/** Delays that TCP makes up for are no difference of clocks. */
const suspectMs = 60_000;

/** Compares the gateway's time with the hub's, as the answer to each birth tells it. */
export class HubTime {
  readonly #clock: Clock;
  /** Hub time minus the clock that only grows, and how far that may be off. */
  #heard: { readonly byMs: number; readonly boundMs: number } | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** `hubMs`: when the hub answered, by its clock; somewhere in the `roundTripMs` that have just ended. */
  note({ hubMs, roundTripMs }: { readonly hubMs: number; readonly roundTripMs: number }): void {
    const boundMs = Math.max(0, roundTripMs) / 2;
    this.#heard = { byMs: hubMs + boundMs - this.#clock.monotonicMs(), boundMs };
  }

  /** `correctionMs`: what is added to the system clock. Null before a hub has answered. */
  against(correctionMs: number): HubDifference | null {
    if (this.#heard === undefined) return null;
    const { byMs, boundMs } = this.#heard;
    const ownByMs = this.#clock.nowMs() - this.#clock.monotonicMs() + correctionMs;
    return { differenceMs: Math.round(byMs - ownByMs), boundMs: Math.round(boundMs) };
  }
}

/** Further apart than any link explains. Pure. */
export const isFarFrom = (hub: HubDifference | null): boolean =>
  hub !== null && Math.abs(hub.differenceMs) > suspectMs + hub.boundMs;
