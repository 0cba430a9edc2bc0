import type { ActiveDtcs, Dtc, Lamps, MachineEvent } from "@firebreak/wire/machine-event.ts";
import type { ToldCode } from "../finding.ts";

/** What events of a batch tell of trouble codes. Pure. */
export const toldIn = (events: readonly MachineEvent[]): ToldCode[] =>
  events.flatMap((event) => {
    if (event.kind !== "dtc-change") return [];
    const { timeNs, network = 0, sa, dtc, lamps, state } = event;
    return [{ atMs: Number(timeNs / 1_000_000n), network, sa, dtc, lamps, state }];
  });

/** A control unit repeats what is active so often. @see SAE J1939-73, DM1: once a second, and at each change */
const everyMs = 1_000;

interface Unit {
  readonly network: number;
  readonly sa: number;
  readonly active: Map<string, { readonly dtc: Dtc; readonly lamps: Lamps }>;
  /** Of what is active, when it is next repeated. */
  nextMs: number;
}

/**
 * The DM1 that control units must have sent, made again from the steps that were told: one at each step, and one a second
 * while anything is active. Take them span by span, in order. Pure but for what it remembers of the spans before.
 */
export class ToldCodes {
  readonly #steps: readonly ToldCode[];
  readonly #units = new Map<string, Unit>();
  #next = 0;

  /** `steps`: of one machine, oldest first. */
  constructor(steps: readonly ToldCode[]) {
    this.#steps = steps;
  }

  /**
   * Messages from `fromMs` up to before `toMs`, in order. `isOn`: whether the machine said anything at that time: control
   * units that are off repeat nothing, though nobody told of their end.
   */
  *between(fromMs: number, toMs: number, isOn: (ms: number) => boolean): Generator<ActiveDtcs> {
    for (; (this.#steps[this.#next]?.atMs ?? toMs) < fromMs; this.#next++)
      this.#take(this.#steps[this.#next] as ToldCode); // there: it is before `fromMs`
    for (const unit of this.#units.values()) unit.nextMs = Math.max(unit.nextMs, fromMs);
    for (;;) {
      const step = this.#steps[this.#next];
      const untilMs = Math.min(step?.atMs ?? toMs, toMs);
      yield* this.#repeats(untilMs, isOn);
      if (step === undefined || step.atMs >= toMs) return;
      this.#next++;
      const unit = this.#take(step);
      if (step.state !== "unknown" && !this.#goesOn(step))
        yield message(unit, step.atMs, step.lamps);
    }
  }

  /** Whether the next step was told of the same message. */
  #goesOn({ atMs, network, sa }: ToldCode): boolean {
    const next = this.#steps[this.#next];
    return next?.atMs === atMs && next.network === network && next.sa === sa;
  }

  #take({ atMs, network, sa, dtc, lamps, state }: ToldCode): Unit {
    const key = `${network}/${sa}`;
    const unit = this.#units.get(key) ?? { network, sa, active: new Map(), nextMs: atMs };
    this.#units.set(key, unit);
    const code = `${dtc.spn}-${dtc.fmi}`;
    if (state === "active") unit.active.set(code, { dtc, lamps });
    else unit.active.delete(code);
    unit.nextMs = atMs + everyMs;
    return unit;
  }

  *#repeats(untilMs: number, isOn: (ms: number) => boolean): Generator<ActiveDtcs> {
    for (;;) {
      let first: Unit | undefined;
      for (const unit of this.#units.values())
        if (unit.active.size > 0 && unit.nextMs < (first?.nextMs ?? untilMs)) first = unit;
      if (first === undefined) return;
      const [{ lamps } = { lamps: dark }] = first.active.values();
      if (isOn(first.nextMs)) yield message(first, first.nextMs, lamps);
      first.nextMs += everyMs;
    }
  }
}

const dark: Lamps = { mil: "off", redStop: "off", amberWarning: "off", protect: "off" };

const message = ({ network, sa, active }: Unit, atMs: number, lamps: Lamps): ActiveDtcs => ({
  kind: "active-dtcs",
  timeNs: BigInt(Math.round(atMs)) * 1_000_000n,
  sa,
  lamps,
  dtcs: [...active.values()].map(({ dtc }) => dtc),
  ...(network === 0 ? {} : { network }),
});
