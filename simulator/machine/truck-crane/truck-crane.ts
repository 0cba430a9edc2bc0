import { defineMachine } from "../define-machine.ts";
import type { Conditions } from "../machine-model.ts";
import { engineCodes, engineSignals } from "../subsystems/engine-signals.ts";
import { balanceOf } from "../subsystems/power-balance.ts";
import { stillAir } from "../subsystems/still-air.ts";
import { restingTruckCrane, stepTruckCrane } from "./crane.ts";
import { craneSignals } from "./crane-signals.ts";
import { truckCraneFaults } from "./faults.ts";
import { healthyTruckCrane } from "./parameters.ts";

/** Shaft power of usual lifting, pauses between the lifts included. */
const nominalKw = 32;

/** A truck crane (汽车起重机), as plans/truck-crane describes it. */
export const truckCrane = defineMachine({
  machineType: "truck-crane",
  controlUnits: [0, 39],
  healthy: healthyTruckCrane,
  faults: truckCraneFaults,
  create({ parameters, random, hours, ambientC }) {
    const crane = restingTruckCrane(ambientC, hours, Math.floor(random() * 2 ** 32));
    let now: Conditions | undefined;
    const noise = () => random() - 0.5;
    return {
      step(conditions, dt) {
        now = conditions;
        stepTruckCrane(crane, parameters, conditions, dt);
      },
      signals: () => ({
        ...engineSignals(crane.engine, crane.charging, now ?? stillAir(ambientC), noise),
        ...craneSignals(crane, noise),
      }),
      codes: () => (crane.engine.speedRpm > 300 ? engineCodes(crane.engine, crane.charging) : []),
      power: () => balanceOf(crane.engine, [crane.hydraulics]),
      load: () => (now?.demand.activity === "work" ? crane.engine.shaftKw / nominalKw : 0),
    };
  },
});
