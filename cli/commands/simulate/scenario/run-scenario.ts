import { randomBytes } from "node:crypto";
import { CodedError } from "@firebreak/kit/coded-error.ts";
import { dictionaryOfPlan } from "@firebreak/plans/dictionary-of-plan.ts";
import { loadPlan } from "@firebreak/plans/load-plans.ts";
import type { Plan } from "@firebreak/plans/plan-schema.ts";
import { dueOrders } from "@firebreak/simulator/scenarios/due-orders.ts";
import { ScenarioGateway } from "@firebreak/simulator/scenarios/scenario-gateway.ts";
import {
  createScenarioMachines,
  type ScenarioMachine,
} from "@firebreak/simulator/scenarios/scenario-machine.ts";
import type { Scenario, ScenarioEvent } from "@firebreak/simulator/scenarios/scenario-schema.ts";
import type { SignalDictionary } from "@firebreak/wire/signal-dictionary.ts";
import { createBatchRecorder, type SimulatedBatch } from "../simulated-batches.ts";
import { OrderDesk } from "./give-orders.ts";
import type { HubCaller } from "./hub-caller.ts";
import type { MachineOutcome, Outcome } from "./outcome.ts";
import { gatewayOf, type ScenarioHub, startScenarioHub } from "./scenario-hub.ts";
import { type PartBook, readPartBook } from "./stock-book.ts";
import { readStorage, SentBook } from "./storage.ts";
import { trueProblemsOf } from "./true-problems.ts";

export interface RunHooks {
  /** After each step: how far the scenario has come, 0 to 1. */
  readonly onStep?: (share: number) => void;
}

/** One machine with its gateway, and how it is read. */
interface Post {
  readonly machine: ScenarioMachine;
  readonly plan: Plan;
  readonly dictionary: SignalDictionary;
  readonly gateway: ScenarioGateway;
  readonly book: SentBook;
  batchesUntil(untilMs: number): Iterable<SimulatedBatch>;
}

const hourMs = 3_600_000;
const lookMs = 20;
const underWayMs = 20;
/** Far more than a step takes on a busy computer: whoever waits longer waits in vain. Engineering default. */
const patienceMs = 300_000;

/**
 * Lets a scenario happen against a hub of its own. The clock goes on step by step: the hub's first, then what the
 * machines have measured until then is sent, acknowledged, stored and judged before the next step begins. So times do
 * not depend on how fast this computer is.
 * @throws CodedError SCENARIO_STUCK, and those of the hub
 */
export async function runScenario(scenario: Scenario, hooks: RunHooks = {}): Promise<Outcome> {
  const startMs = Date.parse(scenario.from);
  const hub = await startScenarioHub(startMs, scenario.tuned);
  const posts: Post[] = [];
  try {
    posts.push(...(await createPosts(scenario, hub, startMs)));
    await until("every gateway is in", () => posts.every((post) => post.gateway.hasBeenConnected));
    const endMs = startMs + scenario.hours * hourMs;
    const course = createCourse(scenario.events ?? [], startMs);
    const desk = new OrderDesk(hub.caller);
    const orders = [...dueOrders(scenario)];
    for (let nowMs = startMs; nowMs < endMs; ) {
      const beforeMs = nowMs;
      nowMs = Math.min(endMs, nowMs + scenario.stepMinutes * 60_000);
      await hub.pass(nowMs);
      const due = course(beforeMs, nowMs);
      switchLinks(due, posts);
      await sendStep(posts, { nowMs, due, hub });
      await settled(hub.caller, posts);
      while (orders[0] && startMs + orders[0].atHour * hourMs < nowMs) {
        const order = orders.shift();
        if (order) await desk.give(order);
      }
      hooks.onStep?.((nowMs - startMs) / (endMs - startMs));
    }
    const stock = await readStock(hub.caller, scenario);
    const told = { orders: desk.answered, stock };
    return { ...(await readOutcome(hub.caller, posts, { startMs, endMs })), ...told };
  } finally {
    for (const { gateway } of posts) await gateway.leave();
    await hub.close();
  }
}

async function createPosts(scenario: Scenario, hub: ScenarioHub, startMs: number): Promise<Post[]> {
  const prepared = scenario.machines.flatMap((group) => {
    const plan = loadPlan(group.plan);
    const dictionary = dictionaryOfPlan(plan);
    const machines = createScenarioMachines(group, { plan, seed: scenario.seed, startMs });
    return machines.map((machine) => ({ machine, plan, dictionary }));
  });
  const password = await hub.enroll(prepared.map(({ machine }) => machine.machineId));
  return prepared.map(({ machine, plan, dictionary }) => {
    const { machineId } = machine;
    const gatewayId = gatewayOf(machineId);
    const address = async () => ({ url: hub.mqttUrl, username: gatewayId, password });
    const gateway = new ScenarioGateway({ gatewayId, machineId, dictionary, address });
    gateway.connect();
    const epoch = randomBytes(16).toString("hex");
    const batchesUntil = createBatchRecorder(machine, { plan, epoch, dm1EverySeconds: 1 });
    return { machine, plan, dictionary, gateway, batchesUntil, book: new SentBook() };
  });
}

/** What the machines have measured until now; where the step is to be disturbed, with half of it on its way. */
async function sendStep(
  posts: readonly Post[],
  { nowMs, due, hub }: { readonly nowMs: number; readonly due: Due; readonly hub: ScenarioHub },
): Promise<void> {
  const send = ({ gateway, book }: Post, batches: readonly SimulatedBatch[]) => {
    for (const { batch } of batches) {
      book.note(batch.samples);
      gateway.send(batch);
    }
  };
  const disturbances = due.begun.filter(({ event }) => event !== "gateways-offline");
  if (disturbances.length === 0) {
    for (const post of posts) send(post, [...post.batchesUntil(nowMs)]);
    return;
  }
  const steps = posts.map((post) => ({ post, batches: [...post.batchesUntil(nowMs)] }));
  for (const { post, batches } of steps) send(post, batches.splice(0, batches.length / 2));
  await until("half of a step is acknowledged", () => waitingOf(posts) === 0);
  for (const { post, batches } of steps) send(post, batches);
  // On the wire, in the journal or judged, but not acknowledged yet: that comes in 100 ms at the earliest.
  await new Promise((next) => setTimeout(next, underWayMs));
  for (const { event } of disturbances) {
    if (event === "hub-killed") await hub.killAndRestart();
    for (const { gateway } of posts) {
      if (event === "links-cut") gateway.cut();
      if (event === "batches-repeated") gateway.repeat();
    }
  }
}

/** Gives the events of one step, and what has ended by then. */
function createCourse(events: readonly ScenarioEvent[], startMs: number) {
  return (afterMs: number, untilMs: number) => {
    const isDue = (hour: number) => {
      const atMs = startMs + hour * hourMs;
      return atMs >= afterMs && atMs < untilMs;
    };
    return {
      begun: events.filter(({ atHour }) => isDue(atHour)),
      over: events.filter(
        (event) => event.event === "gateways-offline" && isDue(event.atHour + event.hours),
      ),
    };
  };
}

type Due = ReturnType<ReturnType<typeof createCourse>>;

function switchLinks({ begun, over }: Due, posts: readonly Post[]): void {
  const of = (event: ScenarioEvent) =>
    posts.filter(({ machine }) => "group" in event && machine.group === event.group);
  for (const event of over) for (const { gateway } of of(event)) gateway.goOnline();
  for (const event of begun)
    if (event.event === "gateways-offline")
      for (const { gateway } of of(event)) gateway.goOffline();
}

const waitingOf = (posts: readonly Post[]): number =>
  posts.reduce((sum, { gateway }) => sum + (gateway.isOffline ? 0 : gateway.waiting), 0);

async function settled(caller: HubCaller, posts: readonly Post[]): Promise<void> {
  await until("everything is acknowledged", () => waitingOf(posts) === 0);
  await until("everything is judged and stored", async () => (await caller.behindBytes()) === 0);
}

async function readStock(caller: HubCaller, { conditions }: Scenario): Promise<Outcome["stock"]> {
  const stock: Record<string, PartBook> = {};
  for (const one of conditions)
    if (one.condition === "stock-consistent")
      stock[one.partNo] = await readPartBook(caller, one.partNo);
  return stock;
}

async function until(what: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
  const beganMs = performance.now();
  while (!(await isSo())) {
    if (performance.now() - beganMs > patienceMs)
      throw new CodedError(
        "SCENARIO_STUCK",
        `waited ${patienceMs / 1_000} s in vain until ${what}; FIREBREAK_LOG=warn shows what the hub says`,
      );
    await new Promise((next) => setTimeout(next, lookMs));
  }
}

async function readOutcome(
  caller: HubCaller,
  posts: readonly Post[],
  span: { readonly startMs: number; readonly endMs: number },
): Promise<Omit<Outcome, "orders" | "stock">> {
  const machines: MachineOutcome[] = [];
  for (const { machine, plan, dictionary, book, gateway } of posts) {
    const { machineId, group } = machine;
    const problems = trueProblemsOf(machine, { plan, ...span });
    const names = dictionary.signals.map(({ name }) => name);
    const storage = await readStorage(caller, machineId, { names, book, ...span });
    const lost = storage.lost + gateway.lost;
    machines.push({ machineId, group, problems, storage: { ...storage, lost } });
  }
  const sentAgain = posts.reduce((sum, { gateway }) => sum + gateway.sentAgain, 0);
  return { machines, tickets: await caller.tickets(), sentAgain };
}
