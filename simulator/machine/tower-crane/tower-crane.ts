import { defineMachine } from "../define-machine.ts";
import type { Conditions } from "../machine-model.ts";
import { stillAir } from "../subsystems/still-air.ts";
import { balanceOfCrane, restingCrane, stepCrane } from "./crane.ts";
import { craneSignals } from "./crane-signals.ts";
import { towerCraneFaults } from "./faults.ts";
import { healthyTowerCrane } from "./parameters.ts";

/** Power of usual lifting, pauses between the lifts included. */
const nominalKw = 14;

/** An electric tower crane (塔机), as plans/tower-crane describes it. */
export const towerCrane = defineMachine({
  machineType: "tower-crane",
  controlUnits: [],
  healthy: healthyTowerCrane,
  faults: towerCraneFaults,
  create({ parameters, random, hours, ambientC }) {
    const crane = restingCrane(ambientC, hours, Math.floor(random() * 2 ** 32));
    let now: Conditions | undefined;
    const noise = () => random() - 0.5;
    return {
      step(conditions, dt) {
        now = conditions;
        stepCrane(crane, parameters, conditions, dt);
      },
      signals: () => craneSignals(crane, parameters, now ?? stillAir(ambientC), noise),
      codes: () => [],
      power: () => balanceOfCrane(crane),
      load: () => (now?.demand.activity === "work" ? crane.supply.kw / nominalKw : 0),
    };
  },
});
