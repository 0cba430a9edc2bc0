import { CodedError } from "@firebreak/kit/coded-error.ts";
import { dueOrders } from "@firebreak/simulator/scenarios/due-orders.ts";
import type { Organisation } from "@firebreak/simulator/scenarios/organisation-schema.ts";
import type { Scenario, ScenarioEvent } from "@firebreak/simulator/scenarios/scenario-schema.ts";
import type { SimulatedBatch } from "../simulated-batches.ts";
import { createCourse, type Due } from "./course.ts";
import { ExecutedRepairs } from "./executed-repairs.ts";
import { OrderDesk } from "./give-orders.ts";
import type { HubCaller } from "./hub-caller.ts";
import type { Outcome } from "./outcome.ts";
import { createMembers, createPosts, type Member, type Post } from "./posts.ts";
import { readOutcome } from "./read-outcome.ts";
import { type ScenarioHub, startScenarioHub } from "./scenario-hub.ts";
import { Counter } from "./staff/counter.ts";
import { registerMachine } from "./staff/set-up.ts";
import { type Staff, startStaff } from "./staff/staff.ts";

export interface RunHooks {
  /** After each step: how far the scenario has come, 0 to 1. */
  readonly onStep?: (share: number) => void;
}

const hourMs = 3_600_000;
const lookMs = 20;
const underWayMs = 20;
/** Far more than a step takes on a busy computer: whoever waits longer waits in vain. Engineering default. */
const patienceMs = 300_000;

/**
 * Lets a scenario happen against a hub of its own. The clock goes on step by step: the hub's first, then what the
 * machines have measured until then is sent, acknowledged, stored and judged, then people act, before the next step
 * begins. So times do not depend on how fast this computer is. `organisation`: who serves the machines.
 * @throws CodedError SCENARIO_STUCK, and those of the hub
 */
export async function runScenario(
  scenario: Scenario,
  hooks: RunHooks = {},
  organisation?: Organisation,
): Promise<Outcome> {
  const startMs = Date.parse(scenario.from);
  const endMs = startMs + scenario.hours * hourMs;
  const hub = await startScenarioHub(startMs, scenario.tuned);
  const posts: Post[] = [];
  try {
    const members = createMembers(scenario, startMs);
    const staff = await settleIn(members, { hub, organisation, startMs });
    posts.push(...(await createPosts(members, { hub, look: scenario.look, organisation })));
    await until("every gateway is in", () => posts.every((post) => post.gateway.hasBeenConnected));
    const desk = new OrderDesk(hub.caller);
    const orders = [...dueOrders(scenario)];
    const repairs = new ExecutedRepairs(new Counter(hub.caller));
    const course = createCourse(scenario.events ?? [], startMs);
    for (let nowMs = startMs; nowMs < endMs; ) {
      const beforeMs = nowMs;
      nowMs = Math.min(endMs, nowMs + scenario.stepMinutes * 60_000);
      await hub.pass(nowMs);
      const due = course(beforeMs, nowMs);
      switchLinks(due, posts);
      await live(members, posts, { nowMs, due, hub, look: scenario.look });
      const had = orders.length;
      while (orders[0] && startMs + orders[0].atHour * hourMs < nowMs) {
        const order = orders.shift();
        if (order) await desk.give(order);
      }
      await staff?.work(members, nowMs);
      if (orders.length < had) await repairs.look(members);
      hooks.onStep?.((nowMs - startMs) / (endMs - startMs));
    }
    const of = { members, posts, staff, startMs, endMs };
    return { ...(await readOutcome(hub.caller, scenario, of)), orders: desk.answered };
  } finally {
    for (const { gateway } of posts) await gateway.leave();
    await hub.close();
  }
}

/** Machines with a home are registered, and the organisation opens. */
async function settleIn(
  members: readonly Member[],
  of: {
    readonly hub: ScenarioHub;
    readonly organisation: Organisation | undefined;
    readonly startMs: number;
  },
): Promise<Staff | undefined> {
  const { hub, organisation, startMs } = of;
  const counter = new Counter(hub.caller);
  for (const { machine, group, plan, place } of members)
    if (place) {
      const { productType } = plan.service;
      await registerMachine(counter, group, { machineId: machine.machineId, productType, place });
    }
  return organisation && startStaff(hub.caller, { organisation, startMs });
}

/** All machines live until now; what those with a gateway measured is sent, stored and judged. */
async function live(
  members: readonly Member[],
  posts: readonly Post[],
  of: {
    readonly nowMs: number;
    readonly due: Due;
    readonly hub: ScenarioHub;
    readonly look: Scenario["look"];
  },
): Promise<void> {
  const { nowMs, hub, look } = of;
  if (posts.length === 0)
    for (const { machine } of members)
      machine.advanceTo(nowMs, look ? look.coarseSeconds * 1_000 : undefined);
  const sentBefore = posts.reduce((sum, { book }) => sum + book.total, 0);
  await sendStep(posts, of);
  const isAnySent = posts.reduce((sum, { book }) => sum + book.total, 0) > sentBefore;
  if (isAnySent || look === undefined) await settled(hub.caller, posts);
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

function switchLinks({ begun, over }: Due, posts: readonly Post[]): void {
  const of = (event: ScenarioEvent) =>
    posts.filter(({ machine }) => "group" in event && machine.group === event.group);
  for (const event of begun)
    if (event.event === "gateways-offline")
      for (const { gateway } of of(event)) gateway.goOffline();
  // Last, so that an outage that follows another at once leaves no moment between them.
  for (const event of over) for (const { gateway } of of(event)) gateway.goOnline();
}

const waitingOf = (posts: readonly Post[]): number =>
  posts.reduce((sum, { gateway }) => sum + (gateway.isOffline ? 0 : gateway.waiting), 0);

async function settled(caller: HubCaller, posts: readonly Post[]): Promise<void> {
  await until("everything is acknowledged", () => waitingOf(posts) === 0);
  await until("everything is judged and stored", async () => (await caller.behindBytes()) === 0);
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
