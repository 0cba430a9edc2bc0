import type { Clock } from "@firebreak/kit/clock.ts";
import type { Logger } from "@firebreak/kit/logger.ts";
import type { Intake } from "../sources/source.ts";
import { ClockJudge, type ClockStatus, type ClockTrust, type TimeOffer } from "./clock-judge.ts";
import { type ClockSteps, StepWatch } from "./clock-steps.ts";
import { type HubDifference, HubTime, isFarFrom } from "./hub-time.ts";
import { isNtpSynchronized } from "./ntp-state.ts";
import { TimeGate } from "./time-gate.ts";

/** What a gateway says of its time, and how much waits for it. */
export interface TimeStatus extends ClockStatus {
  /** Samples that were read while nobody knew the time, and wait in memory. */
  readonly heldSamples: number;
  /** Samples given up because too many waited. */
  readonly lostSamples: number;
  /** Null before a hub has answered, and while the time is unknown. */
  readonly hub: HubDifference | null;
  /** Nobody vouches for the clock, and the hub's says something quite different. Samples keep their stamps. */
  readonly isSuspect: boolean;
  readonly steps: ClockSteps;
}

export interface GatewayTimeOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly isNtpSynchronized?: () => Promise<boolean>;
  /** What is stamped from now on may be older than what was stamped before. */
  readonly onSetBack?: () => void;
}

const ntpEveryMs = 60_000;
/** As at a start: what is put back by less is soon made up for. */
const setBackMs = 1_000;

/** The time of one gateway: who says what, what is believed, and what waits until somebody is. */
export class GatewayTime {
  readonly #options: GatewayTimeOptions;
  readonly #judge: ClockJudge;
  readonly #gates: TimeGate[] = [];
  readonly #hub: HubTime;
  readonly #steps: StepWatch;
  #trust: ClockTrust | undefined;
  /** Time of stamps minus the clock that only grows, when it was known last, ms. */
  #byMs = Number.NEGATIVE_INFINITY;
  #nextNtpMs = Number.NEGATIVE_INFINITY;

  constructor(options: GatewayTimeOptions) {
    this.#options = options;
    this.#judge = new ClockJudge(options.clock);
    this.#hub = new HubTime(options.clock);
    this.#steps = new StepWatch(options.clock);
    // What the first look is held against.
    this.#isSetBack();
  }

  readonly offer = (offer: TimeOffer): void => this.#judge.offer(offer);

  readonly noteHub: HubTime["note"] = (answer) => this.#hub.note(answer);

  /** What a source may deliver into; hands on what has a time. */
  over(intake: Intake): Intake {
    const gate = new TimeGate(intake, { judge: this.#judge, clock: this.#options.clock });
    this.#gates.push(gate);
    return gate.intake;
  }

  tick(): void {
    this.#steps.look();
    if (this.#isSetBack()) this.#options.onSetBack?.();
    for (const gate of this.#gates) gate.release();
    const nowMs = this.#options.clock.monotonicMs();
    if (nowMs < this.#nextNtpMs) return;
    this.#nextNtpMs = nowMs + ntpEveryMs;
    const ask = this.#options.isNtpSynchronized ?? isNtpSynchronized;
    void ask().then((isSynchronized) => {
      this.#judge.noteNtp(isSynchronized);
      this.#tellTrust();
    });
  }

  status(): TimeStatus {
    const counts = this.#gates.map((gate) => gate.counts);
    const judged = this.#judge.status();
    const hub = judged.correctionMs === null ? null : this.#hub.against(judged.correctionMs);
    return {
      ...judged,
      hub,
      isSuspect: judged.trust === "unconfirmed" && isFarFrom(hub),
      steps: this.#steps.steps,
      heldSamples: counts.reduce((sum, { heldRows }) => sum + heldRows, 0),
      lostSamples: counts.reduce((sum, { lostRows }) => sum + lostRows, 0),
    };
  }

  #isSetBack(): boolean {
    const correctionMs = this.#judge.correctionMs();
    if (correctionMs === undefined) return false;
    const { clock } = this.#options;
    const before = this.#byMs;
    this.#byMs = clock.nowMs() + correctionMs - clock.monotonicMs();
    return this.#byMs < before - setBackMs;
  }

  #tellTrust(): void {
    const { trust, correctionMs } = this.#judge.status();
    if (trust === this.#trust) return;
    this.#trust = trust;
    this.#options.log.info({ trust, correctionMs }, "time");
  }
}
