import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { openDatabase } from "@firebreak/kit/database.ts";
import { dictionaryOfPlan } from "@firebreak/plans/dictionary-of-plan.ts";
import {
  batchOf,
  pressure,
  speed,
  startMs,
  testPlan,
} from "@firebreak/rules/engine/rule-engine.fixture.ts";
import { prepareTickets } from "@firebreak/tickets/prepare-tickets.ts";
import { createTicketService } from "@firebreak/tickets/ticket-service.ts";
import { createVerifier } from "@firebreak/tickets/verification/verifier.ts";
import { encodeBatch } from "@firebreak/wire/batch-block.ts";
import { JudgedJournal } from "../cli/hub/judged-journal.fixture.ts";
import { type BenchResult, toResult } from "./result.ts";

const machines = 5_000;
const rounds = 3;
const seconds = 4;

const plan = testPlan();
const dictionary = dictionaryOfPlan(plan);

/** A rule that is wrong about a whole fleet at one moment: from the journal to a ticket of each machine, on SQLite. */
export async function run(): Promise<BenchResult[]> {
  const cost: number[] = [];
  const heldUp: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const folder = mkdtempSync(join(tmpdir(), "firebreak-bench-findings-"));
    try {
      const { cpuMs, longestMs } = await judgeFleet(join(folder, "firebreak.sqlite"));
      cost.push(cpuMs / machines);
      heldUp.push(longestMs);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
  const note = `${machines} machines, a ticket each`;
  return [
    toResult("a finding and its ticket, CPU", "ms", cost, note),
    toResult("event loop held up at most", "ms", heldUp, note),
  ];
}

async function judgeFleet(path: string): Promise<{ cpuMs: number; longestMs: number }> {
  const db = openDatabase({ path });
  const clock = { nowMs: () => startMs, monotonicMs: () => performance.now() };
  await prepareTickets(db, { clock });
  const service = createTicketService({ db, planOf: () => plan, clock });
  const verifier = createVerifier({ db, planOf: () => plan, hasGateway: () => true });
  const journal = new JudgedJournal({ db, service, clock }, verifier, plan);
  const fleet = Array.from({ length: machines }, (_, index) => `FLEET-${index}`);
  for (const machineId of fleet)
    journal.append({ kind: "dictionary", gatewayId: "gw", machineId, dictionary });
  await journal.start();
  for (let at = 0; at < seconds; at++)
    for (const machineId of fleet) {
      const who = { gatewayId: "gw", machineId };
      const said = batchOf(plan, [speed(900)(at), pressure(150)(at)]);
      const block = encodeBatch(who, { ...said.header, dictionary, ...said });
      journal.append({ ...who, kind: "batch", receivedAtMs: startMs + at * 1000, block });
    }
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const before = process.cpuUsage();
  await journal.judgeNext(Number.POSITIVE_INFINITY);
  const { user, system } = process.cpuUsage(before);
  delay.disable();
  await db.close();
  return { cpuMs: (user + system) / 1000, longestMs: delay.max / 1e6 };
}
