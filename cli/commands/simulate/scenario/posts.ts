import { randomBytes } from "node:crypto";
import { dictionaryOfPlan } from "@firebreak/plans/dictionary-of-plan.ts";
import { loadPlan } from "@firebreak/plans/load-plans.ts";
import type { Plan } from "@firebreak/plans/plan-schema.ts";
import type { Organisation } from "@firebreak/simulator/scenarios/organisation-schema.ts";
import { ScenarioGateway } from "@firebreak/simulator/scenarios/scenario-gateway.ts";
import {
  createScenarioMachines,
  type ScenarioMachine,
} from "@firebreak/simulator/scenarios/scenario-machine.ts";
import type { Scenario, ScenarioGroup } from "@firebreak/simulator/scenarios/scenario-schema.ts";
import type { GeoPoint } from "@firebreak/tickets/parts/location.ts";
import type { SignalDictionary } from "@firebreak/wire/signal-dictionary.ts";
import {
  createBatchRecorder,
  createStretchRecorder,
  type SimulatedBatch,
} from "../simulated-batches.ts";
import { gatewayOf, type ScenarioHub } from "./scenario-hub.ts";
import { placeOf } from "./staff/set-up.ts";
import { SentBook } from "./storage.ts";

/** One machine of a scenario, wherever it works. */
export interface Member {
  readonly machine: ScenarioMachine;
  readonly group: ScenarioGroup;
  readonly plan: Plan;
  readonly place: GeoPoint | undefined;
}

/** One with its gateway, and how it is read. */
export interface Post extends Member {
  readonly dictionary: SignalDictionary;
  readonly gateway: ScenarioGateway;
  readonly book: SentBook;
  batchesUntil(untilMs: number): Iterable<SimulatedBatch>;
}

export function createMembers(scenario: Scenario, startMs: number): readonly Member[] {
  const { seed, hours, faultDraw } = scenario;
  const draw = faultDraw && { of: faultDraw, hours };
  return scenario.machines.flatMap((group) => {
    const plan = loadPlan(group.plan);
    return createScenarioMachines(group, { plan, seed, startMs, draw }).map((machine) => ({
      ...{ machine, group, plan },
      place: placeOf(group, { machineId: machine.machineId, seed }),
    }));
  });
}

/** Enrols and connects a gateway for each, where the organisation has any. */
export async function createPosts(
  members: readonly Member[],
  of: {
    readonly hub: ScenarioHub;
    readonly look: Scenario["look"];
    readonly organisation: Organisation | undefined;
  },
): Promise<Post[]> {
  const { hub, look, organisation } = of;
  if (organisation?.telemetry === false) return [];
  const password = await hub.enroll(members.map(({ machine }) => machine.machineId));
  return members.map((member) => {
    const { machine, plan } = member;
    const { machineId } = machine;
    const dictionary = dictionaryOfPlan(plan);
    const gatewayId = gatewayOf(machineId);
    const address = async () => ({ url: hub.mqttUrl, username: gatewayId, password });
    const gateway = new ScenarioGateway({ gatewayId, machineId, dictionary, address });
    gateway.connect();
    const epoch = randomBytes(16).toString("hex");
    const batchesUntil = look
      ? createStretchRecorder(machine, { plan, epoch, look, isWatched: () => isGrowing(machine) })
      : createBatchRecorder(machine, { plan, epoch, dm1EverySeconds: 1 });
    return { ...member, dictionary, gateway, batchesUntil, book: new SentBook() };
  });
}

const isGrowing = (machine: ScenarioMachine): boolean =>
  machine.faults().some(({ severity, repairedAt }) => severity > 0 && repairedAt === null);
