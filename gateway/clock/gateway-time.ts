import type { Clock } from "@firebreak/kit/clock.ts";
import type { Logger } from "@firebreak/kit/logger.ts";
import type { Intake } from "../sources/source.ts";
import { ClockJudge, type ClockStatus, type ClockTrust, type TimeOffer } from "./clock-judge.ts";
import { isNtpSynchronized } from "./ntp-state.ts";
import { TimeGate } from "./time-gate.ts";

/** What a gateway says of its time, and how much waits for it. */
export interface TimeStatus extends ClockStatus {
  /** Samples that were read while nobody knew the time, and wait in memory. */
  readonly heldSamples: number;
  /** Samples given up because too many waited. */
  readonly lostSamples: number;
}

export interface GatewayTimeOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly isNtpSynchronized?: () => Promise<boolean>;
}

const ntpEveryMs = 60_000;

/** The time of one gateway: who says what, what is believed, and what waits until somebody is. */
export class GatewayTime {
  readonly #options: GatewayTimeOptions;
  readonly #judge: ClockJudge;
  readonly #gates: TimeGate[] = [];
  #trust: ClockTrust | undefined;
  #nextNtpMs = Number.NEGATIVE_INFINITY;

  constructor(options: GatewayTimeOptions) {
    this.#options = options;
    this.#judge = new ClockJudge(options.clock);
  }

  readonly offer = (offer: TimeOffer): void => this.#judge.offer(offer);

  /** What a source may deliver into; hands on what has a time. */
  over(intake: Intake): Intake {
    const gate = new TimeGate(intake, { judge: this.#judge, clock: this.#options.clock });
    this.#gates.push(gate);
    return gate.intake;
  }

  tick(): void {
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
    return {
      ...this.#judge.status(),
      heldSamples: counts.reduce((sum, { heldRows }) => sum + heldRows, 0),
      lostSamples: counts.reduce((sum, { lostRows }) => sum + lostRows, 0),
    };
  }

  #tellTrust(): void {
    const { trust, correctionMs } = this.#judge.status();
    if (trust === this.#trust) return;
    this.#trust = trust;
    this.#options.log.info({ trust, correctionMs }, "time");
  }
}
