import type { Clock } from "@firebreak/kit/clock.ts";
import { doubtOf, type TimeDoubt } from "./plausible-time.ts";

/** A time that somebody on the machine says. */
export interface TimeOffer {
  readonly from: "gnss" | "j1939";
  /** UTC, ms since 1970. */
  readonly utcMs: number;
  /** What already stands against it. */
  readonly doubt?: TimeDoubt | undefined;
}

/**
 * What the time of this gateway rests on. `unconfirmed`: the system clock is possible and nobody vouches for it;
 * `unknown`: it is impossible, and what is read waits.
 */
export type ClockTrust = "ntp" | "gnss" | "j1939" | "unconfirmed" | "unknown";

export interface ClockStatus {
  readonly trust: ClockTrust;
  /** What is added to the system clock, ms; null while the time is unknown. */
  readonly correctionMs: number | null;
  /** What each source of time says against the system clock as it is corrected, and what stands against it. */
  readonly sources: readonly {
    readonly from: TimeOffer["from"];
    readonly differenceMs: number;
    readonly ageMs: number;
    readonly doubt: TimeDoubt | null;
  }[];
}

/** Offers in a row that must agree before one of them is believed. */
const agreeing = 3;
/** Messages come late by up to a second, and receivers of a machine count whole seconds. */
const toleranceMs = 2_000;
/** A satellite receiver this far from a clock kept by NTP is wrong, or that clock is. */
const disagreementMs = 5_000;
const forgottenMs = 600_000;

interface Heard {
  offer: TimeOffer;
  atMs: number;
  /** UTC minus the clock that only grows. */
  differenceMs: number;
  agreed: number;
}

/**
 * Judges what time it is. The system clock is never set and never overruled while it is possible; only while it is not
 * (a device without a battery, after a power cut) the time of a receiver or of the machine stands in for it.
 */
export class ClockJudge {
  readonly #clock: Clock;
  readonly #heard = new Map<TimeOffer["from"], Heard>();
  #isNtp = false;
  /** UTC minus the clock that only grows, of the source that was believed last. */
  #believed: { readonly from: TimeOffer["from"]; readonly differenceMs: number } | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Whether the system says that its clock is kept by NTP. */
  noteNtp(isSynchronized: boolean): void {
    this.#isNtp = isSynchronized;
  }

  offer(offer: TimeOffer): void {
    const atMs = this.#clock.monotonicMs();
    const differenceMs = offer.utcMs - atMs;
    const doubt = offer.doubt ?? doubtOf(offer.utcMs) ?? this.#disagreement(differenceMs);
    const before = this.#heard.get(offer.from);
    const isSteady =
      before !== undefined && Math.abs(before.differenceMs - differenceMs) <= toleranceMs;
    const agreed = doubt !== undefined ? 0 : isSteady ? before.agreed + 1 : 1;
    this.#heard.set(offer.from, { offer: { ...offer, doubt }, atMs, differenceMs, agreed });
    if (agreed >= agreeing) this.#believe(offer.from, differenceMs);
  }

  /** What to add to the system clock, ms; undefined while nobody knows the time. */
  correctionMs(): number | undefined {
    if (this.#isSystemPossible) return 0;
    if (this.#believed === undefined) return undefined;
    return this.#believed.differenceMs - (this.#clock.nowMs() - this.#clock.monotonicMs());
  }

  status(): ClockStatus {
    const correctionMs = this.correctionMs() ?? null;
    const nowMs = this.#clock.monotonicMs();
    const systemMs = this.#clock.nowMs() - nowMs + (correctionMs ?? 0);
    const sources = [...this.#heard].map(([from, { offer, atMs, differenceMs }]) => ({
      from,
      differenceMs: Math.round(differenceMs - systemMs),
      ageMs: Math.round(nowMs - atMs),
      doubt: offer.doubt ?? null,
    }));
    return { trust: this.#trust(), correctionMs, sources };
  }

  get #isSystemPossible(): boolean {
    return doubtOf(this.#clock.nowMs()) === undefined;
  }

  #trust(): ClockTrust {
    if (!this.#isSystemPossible) return this.#believed?.from ?? "unknown";
    if (this.#isNtp) return "ntp";
    const system = this.#clock.nowMs() - this.#clock.monotonicMs();
    const confirms = (from: TimeOffer["from"]) => {
      const heard = this.#heard.get(from);
      return (
        heard !== undefined &&
        heard.agreed >= agreeing &&
        this.#clock.monotonicMs() - heard.atMs < forgottenMs &&
        Math.abs(heard.differenceMs - system) <= toleranceMs
      );
    };
    if (confirms("gnss")) return "gnss";
    return confirms("j1939") ? "j1939" : "unconfirmed";
  }

  /** A receiver outdoes the machine's own clock, which people set; a source stays with what it said first. */
  #believe(from: TimeOffer["from"], differenceMs: number): void {
    if (this.#believed?.from === "gnss" && from === "j1939") return;
    const isSame =
      this.#believed?.from === from &&
      Math.abs(this.#believed.differenceMs - differenceMs) <= toleranceMs;
    if (!isSame) this.#believed = { from, differenceMs };
  }

  #disagreement(differenceMs: number): TimeDoubt | undefined {
    if (!this.#isNtp || !this.#isSystemPossible) return undefined;
    const systemMs = this.#clock.nowMs() - this.#clock.monotonicMs();
    return Math.abs(differenceMs - systemMs) > disagreementMs
      ? "disagrees with the system clock"
      : undefined;
  }
}
