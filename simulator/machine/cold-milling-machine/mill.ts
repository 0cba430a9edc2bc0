import type { Demand } from "../../surroundings/duty.ts";
import { type Bearing, restingBearing, stepBearing } from "../subsystems/bearing.ts";
import { type ChargeSize, chargeBarOf } from "../subsystems/charge-pump.ts";
import { type Charging, restedCharging, stepCharging } from "../subsystems/charging.ts";
import {
  type DieselEngine,
  type EngineSize,
  standingEngine,
  stepEngine,
} from "../subsystems/diesel-engine.ts";
import {
  type HydraulicCircuit,
  type HydraulicSize,
  restingHydraulics,
  stepHydraulics,
} from "../subsystems/hydraulic-circuit.ts";
import { towards } from "../subsystems/towards.ts";
import { type Drum, restingDrum, stepDrum } from "./drum.ts";
import { firstPass, type MillingPass, stepPass } from "./milling-pass.ts";
import type { MillParameters } from "./parameters.ts";
import { filledSpray, type Spray, stepSpray } from "./spray.ts";

/** State of a cold milling machine. Pressures in bar, temperatures in °C. */
export interface Mill {
  readonly engine: DieselEngine;
  readonly hydraulics: HydraulicCircuit;
  readonly charging: Charging;
  readonly pass: MillingPass;
  readonly drum: Drum;
  readonly bearing: Bearing;
  readonly spray: Spray;
  isKeyOn: boolean;
  isWorked: boolean;
  isTravelling: boolean;
  speedMps: number;
  travelBar: number;
  chargeBar: number;
  intakeBar: number;
  dischargeBar: number;
  beltMps: number;
  areConveyorsOn: boolean;
  pumpGearboxC: number;
  fanRpm: number;
  millingHours: number;
  milledM3: number;
}

export const millEngine: EngineSize = { ratedKw: 447, ratedRpm: 2100, tankL: 1200 };
export const millHydraulics: HydraulicSize = {
  ratedKw: 90,
  ratedBar: 400,
  ratedLpm: 350,
  tankL: 250,
};
const chargeSize: ChargeSize = { ratedLpm: 60, ratedRpm: 2100, setBar: 26 };
const transportMps = 1;

export const restingMill = (ambientC: number, hours: number): Mill => ({
  engine: standingEngine(ambientC, hours),
  hydraulics: restingHydraulics(ambientC, millHydraulics),
  charging: restedCharging(),
  pass: firstPass(),
  drum: restingDrum(ambientC),
  bearing: restingBearing(ambientC),
  spray: filledSpray(),
  isKeyOn: false,
  isWorked: false,
  isTravelling: false,
  speedMps: 0,
  travelBar: 0,
  chargeBar: 0,
  intakeBar: 0,
  dischargeBar: 0,
  beltMps: 0,
  areConveyorsOn: false,
  pumpGearboxC: ambientC,
  fanRpm: 0,
  millingHours: hours * 0.5,
  milledM3: hours * 40,
});

/** Advances the machine by `dt` seconds, in place. The cut sets the power; the operator drives as fast as that allows. */
export function stepMill(
  mill: Mill,
  parameters: MillParameters,
  { demand, ambientC }: { readonly demand: Demand; readonly ambientC: number },
  dt: number,
): void {
  mill.isKeyOn = demand.activity !== "off";
  mill.isWorked = demand.activity === "work";
  mill.isTravelling = demand.activity === "travel";
  if (mill.isWorked) stepPass(mill.pass, dt);
  stepDrum(
    mill.drum,
    parameters,
    {
      pass: mill.pass,
      isWorked: mill.isWorked,
      speedMps: mill.speedMps,
      engineRpm: mill.engine.speedRpm,
      demand,
      ambientC,
    },
    dt,
  );
  stepBearing(
    mill.bearing,
    parameters.drumBearing,
    { speed: mill.drum.rpm / 110, load: Math.min(1.2, mill.drum.kw / 350) },
    ambientC,
    dt,
  );
  stepDrives(mill, parameters, dt);
  stepOil(mill, parameters, ambientC, dt);
  stepSpray(mill.spray, parameters.nozzlesOpen, sprayOf(mill), dt);
  stepEngineOf(mill, parameters, demand, ambientC, dt);
}

export const isMilling = ({ isWorked, pass }: Mill) => isWorked && pass.phase === "milling";

const sprayOf = ({ isWorked, pass, drum, engine }: Mill) => ({
  isOn: isWorked && pass.depthM > 0 && drum.clutch === 2,
  isAtHydrant: pass.phase === "repositioning" || engine.speedRpm === 0,
});

/** Tracks and conveyors: pressures follow what they drive and carry. */
function stepDrives(mill: Mill, { conveyorDrag }: MillParameters, dt: number): void {
  const { pass, drum } = mill;
  const repositions = mill.isWorked && pass.phase === "repositioning";
  const drives = mill.isTravelling || repositions;
  const wantedMps = isMilling(mill) ? drum.feedMps : drives ? transportMps : 0;
  mill.speedMps = towards(mill.speedMps, wantedMps, dt, 4);
  if (mill.speedMps < 0.002) mill.speedMps = 0;
  const isMoving = mill.speedMps > 0.01;
  const travelBar = isMoving ? 110 + 0.3 * drum.kw + 60 * Math.min(1, mill.speedMps) : 0;
  mill.travelBar = towards(mill.travelBar, travelBar, dt, 1.5);
  mill.areConveyorsOn = mill.isWorked && pass.depthM > 0 && drum.clutch === 2;
  const carried = drum.m3PerS / 0.03;
  const bar = mill.areConveyorsOn ? 72 : 0;
  mill.intakeBar = towards(mill.intakeBar, (bar + 46 * carried) * conveyorDrag, dt, 2);
  // What the first one carries is on the second one some seconds later.
  mill.dischargeBar = towards(mill.dischargeBar, (bar + 55 * carried) * conveyorDrag, dt, 6);
  mill.beltMps = towards(mill.beltMps, mill.areConveyorsOn ? 3.6 : 0, dt, 2);
  if (isMilling(mill)) mill.millingHours += dt / 3600;
  mill.milledM3 += drum.m3PerS * dt;
}

/** One tank for tracks, conveyors and fan: their flows together, at the pressure that carries the same power. */
function stepOil(mill: Mill, parameters: MillParameters, ambientC: number, dt: number): void {
  const { hydraulics, engine } = mill;
  const turns = engine.speedRpm > 300 && mill.isKeyOn ? 1 : 0;
  const open = Math.min(1, Math.max(0, (engine.coolantC - 70) / 22));
  mill.fanRpm = towards(mill.fanRpm, turns * (500 + 1100 * open), dt, 8);
  const fanLpm = (turns * 70 * mill.fanRpm) / 1600;
  const fanBar = 150 * (mill.fanRpm / 1600) ** 2 + 15;
  const trackLpm = turns * Math.min(200, 380 * mill.speedMps);
  const conveyorLpm = (turns * 65 * mill.beltMps) / 3.6;
  const displacedLpm = fanLpm + trackLpm + 2 * conveyorLpm;
  const power =
    fanLpm * fanBar +
    trackLpm * mill.travelBar +
    conveyorLpm * (mill.intakeBar + mill.dischargeBar);
  stepHydraulics(
    hydraulics,
    { size: millHydraulics, parameters: parameters.hydraulics },
    {
      pressureBar: displacedLpm > 0 ? power / displacedLpm : 0,
      displacedLpm,
      usefulShare: 0.68,
    },
    ambientC,
    dt,
  );
  mill.chargeBar = towards(
    mill.chargeBar,
    chargeBarOf(chargeSize, parameters.charge, {
      speedRpm: engine.speedRpm,
      leakLpm: hydraulics.caseDrainLpm,
      oilC: hydraulics.oilC,
    }),
    dt,
    1,
  );
  const share = hydraulics.shaftKw / millHydraulics.ratedKw;
  const gearboxK = turns * (14 + 30 * Math.min(1, share));
  mill.pumpGearboxC = towards(mill.pumpGearboxC, ambientC + gearboxK, dt, 1800);
}

function stepEngineOf(
  mill: Mill,
  parameters: MillParameters,
  demand: Demand,
  ambientC: number,
  dt: number,
): void {
  const isRunning = mill.engine.speedRpm > 300;
  const chargeKw = (chargeSize.ratedLpm * mill.chargeBar) / 600 / 0.85;
  stepEngine(
    mill.engine,
    { size: millEngine, parameters: parameters.engine },
    {
      speedRpm: wantedRpm(mill, demand),
      powerKw: isRunning
        ? mill.drum.shaftKw + mill.hydraulics.shaftKw + chargeKw + 8 + mill.spray.kw
        : 0,
    },
    ambientC,
    dt,
  );
  stepCharging(mill.charging, parameters.charging, mill.engine, dt);
}

function wantedRpm({ pass }: Mill, { activity }: Demand): number {
  if (activity === "off") return 0;
  if (activity === "idle") return 850;
  if (activity === "travel") return 1900;
  return pass.phase === "preparing" ? 1200 : 1750;
}
