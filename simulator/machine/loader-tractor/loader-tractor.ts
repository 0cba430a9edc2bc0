import { defineMachine } from "../define-machine.ts";
import type { Conditions } from "../machine-model.ts";
import { engineCodes, engineSignals } from "../subsystems/engine-signals.ts";
import { demandWhenHot } from "../subsystems/hot-pause.ts";
import { balanceOf } from "../subsystems/power-balance.ts";
import { stillAir } from "../subsystems/still-air.ts";
import { loaderTractorFaults } from "./faults.ts";
import { healthyTractor } from "./parameters.ts";
import { tractorSignals } from "./signals.ts";
import { restingTractor, stepTractor } from "./tractor.ts";

/** Shaft power of usual loading. */
const nominalKw = 10;

/** A loader tractor, as plans/loader-tractor describes it. */
export const loaderTractor = defineMachine({
  machineType: "loader-tractor",
  controlUnits: [0],
  healthy: healthyTractor,
  faults: loaderTractorFaults,
  create({ parameters, random, hours, ambientC }) {
    const tractor = restingTractor(ambientC, hours);
    const { engine, charging } = tractor;
    const noise = () => random() - 0.5;
    const pause = { isPausing: false };
    let now: Conditions | undefined;
    return {
      step(conditions, dt) {
        const demand = demandWhenHot(pause, conditions.demand, {
          coolantC: engine.coolantC,
          oilC: tractor.hydraulics.oilC,
        });
        now = demand === conditions.demand ? conditions : { ...conditions, demand };
        stepTractor(tractor, parameters, now, dt);
      },
      signals: () => ({
        ...engineSignals(engine, charging, now ?? stillAir(ambientC), noise),
        ...tractorSignals(tractor, now?.ambientC ?? ambientC, noise),
      }),
      codes: () => (engine.speedRpm > 300 ? engineCodes(engine, charging) : []),
      power: () => balanceOf(engine, [tractor.hydraulics]),
      load: () => (now?.demand.activity === "work" ? engine.shaftKw / nominalKw : 0),
    };
  },
});
