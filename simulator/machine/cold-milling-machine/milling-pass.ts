/** What the machine is at. */
export type PassPhase = "preparing" | "milling" | "waiting" | "repositioning";

/** One lane after the other: lower the drum, mill, wait while trucks change, drive to the next. */
export interface MillingPass {
  /** Seconds into this pass. */
  second: number;
  passes: number;
  phase: PassPhase;
  /** Depth that is set, m; 0 with the drum lifted. */
  depthM: number;
}

/** Engineering defaults: a lane of some 200 m, a truck of about 20 t every five minutes or so. */
const prepareUntil = 60;
const millUntil = 1260;
const passSeconds = 1500;
const truckEvery = 330;
const truckChange = 35;
/** Wearing course, binder course, deep patches: m, one pass after the other. */
const depths = [0.045, 0.075, 0.1, 0.06, 0.078, 0.12] as const;

export const firstPass = (): MillingPass => ({
  second: 0,
  passes: 0,
  phase: "preparing",
  depthM: 0,
});

/** Advances the work by `dt` seconds, in place. */
export function stepPass(pass: MillingPass, dt: number): void {
  pass.second += dt;
  if (pass.second >= passSeconds) {
    pass.second -= passSeconds;
    pass.passes += 1;
  }
  pass.phase = phaseOf(pass.second);
  const isLowered = pass.phase === "milling" || pass.phase === "waiting";
  pass.depthM = isLowered ? (depths[pass.passes % depths.length] ?? 0) : 0;
}

function phaseOf(second: number): PassPhase {
  if (second < prepareUntil) return "preparing";
  if (second >= millUntil) return "repositioning";
  return (second - prepareUntil) % truckEvery < truckEvery - truckChange ? "milling" : "waiting";
}
