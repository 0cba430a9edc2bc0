import { thicknessOf } from "../subsystems/hydraulic-circuit.ts";
import { towards } from "../subsystems/towards.ts";
import type { TruckCraneParameters } from "./parameters.ts";

/** State of a hydraulic winch with a spring-set brake. Pressures in bar. */
export interface Winch {
  heightM: number;
  /** What hangs on the hook, t; follows the rope's stretch. */
  loadT: number;
  /** Up positive, m/s. */
  ropeMps: number;
  /** The motor asks the pump for. */
  motorBar: number;
  brakeBar: number;
  releaseMs: number;
  /** Rope let out since the brake closed, mm. */
  creepMm: number;
  /** Done on the load; negative while it sinks, kW. */
  workKw: number;
}

export const ropeFalls = 4;
const greatestT = 16;
const hookT = 0.3;
const fullRopeMps = 1.9;
/** Torque of a sound brake, times the greatest load. @see GB/T 3811 */
const brakeReserve = 1.75;
const sinkingBar = 55;

export const restingWinch = (): Winch => ({
  heightM: 3,
  loadT: 0,
  ropeMps: 0,
  motorBar: 0,
  brakeBar: 0,
  releaseMs: 230,
  creepMm: 0,
  workKw: 0,
});

/**
 * Advances the winch by `dt` seconds, in place: pressure follows the line pull, the brake opens the later the thicker the
 * oil; what leaks inside the pump turns no motor; what a closed brake does not hold runs out.
 */
export function stepWinch(
  winch: Winch,
  parameters: TruckCraneParameters,
  wish: {
    readonly lever: number;
    readonly slungT: number;
    readonly oilC: number;
    /** Share of the pump's oil that comes out of it. */
    readonly flowShare: number;
  },
  dt: number,
): void {
  winch.loadT = towards(winch.loadT, wish.slungT, dt, 0.8);
  const pull = (winch.loadT + hookT) / (greatestT + hookT);
  const isMoved = wish.lever !== 0;
  if (isMoved && winch.brakeBar < 5)
    winch.releaseMs = 230 * thicknessOf(wish.oilC) ** 0.35 + parameters.brakeDelayMs;
  winch.brakeBar = towards(winch.brakeBar, isMoved ? 35 : 0, dt, 0.25);
  winch.ropeMps = towards(
    winch.ropeMps,
    wish.lever * fullRopeMps * wish.flowShare,
    dt,
    isMoved ? 1.1 : 0.2,
  );
  if (!isMoved && Math.abs(winch.ropeMps) < 0.01) winch.ropeMps = 0;
  const upBar = 45 + 170 * pull;
  winch.motorBar = towards(
    winch.motorBar,
    !isMoved ? 0 : wish.lever > 0 ? upBar : sinkingBar,
    dt,
    0.5,
  );
  const sunkMps = sinkMps(winch, parameters, pull, isMoved);
  // A rope that is loaded stretches and settles on the drum by some millimetres.
  const settledMm = Math.min(9, 12 * pull);
  if (isMoved) winch.creepMm = 0;
  else winch.creepMm = Math.min(20_000, Math.max(winch.creepMm + 1000 * sunkMps * dt, settledMm));
  winch.heightM = Math.max(0, winch.heightM + ((winch.ropeMps - sunkMps) / ropeFalls) * dt);
  winch.workKw = ((winch.loadT + hookT) * 9.81 * winch.ropeMps) / ropeFalls;
}

function sinkMps(
  winch: Winch,
  { brakeGrip }: TruckCraneParameters,
  pull: number,
  isMoved: boolean,
): number {
  const missing = pull - brakeReserve * brakeGrip;
  if (isMoved || missing <= 0 || winch.heightM <= 0.3) return 0;
  return Math.min(1, 0.01 + 0.6 * missing);
}
