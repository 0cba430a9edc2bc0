import type { Scenario } from "@firebreak/simulator/scenarios/scenario-schema.ts";
import type { HubCaller } from "./hub-caller.ts";
import type { MachineOutcome, Outcome, Service } from "./outcome.ts";
import type { Member, Post } from "./posts.ts";
import { Counter, type Items } from "./staff/counter.ts";
import type { Staff } from "./staff/staff.ts";
import { type PartBook, readPartBook } from "./stock-book.ts";
import { readStorage } from "./storage.ts";
import { trueProblemsOf } from "./true-problems.ts";

interface Span {
  readonly startMs: number;
  readonly endMs: number;
}

/** What the hub's interface tells of a run, beside the truth. */
export async function readOutcome(
  caller: HubCaller,
  scenario: Scenario,
  of: Span & {
    readonly members: readonly Member[];
    readonly posts: readonly Post[];
    readonly staff: Staff | undefined;
  },
): Promise<Omit<Outcome, "orders">> {
  const { members, posts, staff, startMs, endMs } = of;
  const isRead = scenario.conditions.some(({ condition }) => condition === "stored-once");
  const machines: MachineOutcome[] = [];
  for (const { machine, plan } of members) {
    const { machineId, group } = machine;
    const post = posts.find((one) => one.machine === machine);
    const problems = trueProblemsOf(machine, { plan, startMs, endMs });
    const storage = post && isRead ? { storage: await storageOf(caller, post, of) } : {};
    machines.push({ machineId, group, problems, sent: post?.book.total ?? 0, ...storage });
  }
  const sentAgain = posts.reduce((sum, { gateway }) => sum + gateway.sentAgain, 0);
  const stock = await readStock(caller, scenario);
  const told = { machines, tickets: await caller.tickets(), sentAgain, stock };
  return staff ? { ...told, service: await readService(caller, staff, of) } : told;
}

async function storageOf(
  caller: HubCaller,
  { machine, dictionary, book, gateway }: Post,
  { startMs, endMs }: Span,
) {
  const names = dictionary.signals.map(({ name }) => name);
  const read = await readStorage(caller, machine.machineId, { names, book, startMs, endMs });
  return { ...read, lost: read.lost + gateway.lost };
}

async function readStock(caller: HubCaller, { conditions }: Scenario): Promise<Outcome["stock"]> {
  const stock: Record<string, PartBook> = {};
  for (const one of conditions)
    if (one.condition === "stock-consistent")
      stock[one.partNo] = await readPartBook(caller, one.partNo);
  return stock;
}

interface PartView {
  readonly partNo: string;
  readonly planClass: "core" | "non_core";
}

async function readService(
  caller: HubCaller,
  { calls, refused }: Staff,
  { startMs, endMs }: Span,
): Promise<Service> {
  const counter = new Counter(caller);
  const span = `from=${new Date(startMs).toISOString()}&to=${new Date(endMs).toISOString()}`;
  const { turnover } = await counter.get<{ turnover: number | null }>(`kpis/stock?${span}`);
  const { total } = await counter.get<{ total: { firstTimeFixRate: number | null } }>(
    `kpis?${span}&kind=repair`,
  );
  const { items } = await counter.get<Items<PartView>>("parts?limit=500");
  return {
    calls,
    refused: Object.fromEntries(refused),
    coreParts: items.flatMap(({ partNo, planClass }) => (planClass === "core" ? [partNo] : [])),
    turnover,
    firstTimeFixRate: total.firstTimeFixRate,
  };
}
