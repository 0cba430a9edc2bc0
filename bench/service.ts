import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "@firebreak/kit/clock.ts";
import { CodedError } from "@firebreak/kit/coded-error.ts";
import { type Database, openDatabase } from "@firebreak/kit/database.ts";
import { createKpiService } from "@firebreak/tickets/kpi/kpi-service.ts";
import { prepareTickets } from "@firebreak/tickets/prepare-tickets.ts";
import { seedYear, ticketsThatDiffer } from "@firebreak/tickets/seed-year.fixture.ts";
import { createTicketService } from "@firebreak/tickets/ticket-service.ts";
import { plan } from "@firebreak/tickets/tickets.fixture.ts";
import { SingleBar } from "cli-progress";
import { type BenchResult, toResult } from "./result.ts";

const tickets = 100_000;
const machines = 10_000;
const rounds = 7;

/** A bar on a terminal; nothing elsewhere. */
function follow(what: string, total: number) {
  if (!process.stderr.isTTY) return { update: () => undefined, stop: () => undefined };
  const bar = new SingleBar({ format: `${what} {bar} {percentage}%`, stream: process.stderr });
  bar.start(total, 0);
  return { update: (done: number) => bar.update(done), stop: () => bar.stop() };
}

async function time(work: () => Promise<unknown>): Promise<number[]> {
  const runs: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const start = performance.now();
    await work();
    runs.push(performance.now() - start);
  }
  return runs;
}

async function measure(db: Database, endMs: number): Promise<BenchResult[]> {
  const service = createTicketService({ db, clock: systemClock, planOf: () => plan });
  const kpi = createKpiService({ db, clock: systemClock });
  const span = {
    from: new Date(endMs - 365 * 86_400_000).toISOString(),
    to: new Date(endMs).toISOString(),
  };
  const year = `of ${tickets} tickets of ${machines} machines, SQLite`;
  let round = 0;
  return [
    toResult(
      "dispatch board, 100 due first",
      "ms",
      await time(() => service.board({ limit: 100 })),
      `${year}; target 300`,
    ),
    toResult(
      "dispatch board, most at stake, nobody assigned",
      "ms",
      await time(() => service.board({ limit: 100, sort: "exposure", engineer: "none" })),
      year,
    ),
    toResult(
      "figures page: total, by station, by month, faults, stock, staffing",
      "ms",
      await time(async () => {
        await kpi.kpis({ ...span, groupBy: "station", trendBy: "month" });
        await kpi.faults(span, 3);
        await kpi.stock(span);
        await kpi.staffing();
      }),
      `${year}; target 1,000`,
    ),
    toResult("list, 100 newest", "ms", await time(() => service.page({ limit: 100 })), year),
    toResult(
      "list, text found nowhere",
      "ms",
      await time(() => service.page({ limit: 100, text: "nowhere at all" })),
      year,
    ),
    toResult(
      "one ticket with its timeline",
      "ms",
      await time(() => service.get("T-0050000")),
      year,
    ),
    toResult(
      "one order, stored",
      "ms",
      await time(() =>
        service.order({
          ticketId: "T-0099999",
          actor: { kind: "person", id: "bench" },
          role: "dispatcher",
          commandId: `bench-${round++}`,
          order: { type: "note", note: "measured" },
        }),
      ),
      year,
    ),
  ];
}

/** A year of a large fleet: what people wait for, and that every ticket is the fold of its events. */
export async function run(): Promise<BenchResult[]> {
  const folder = mkdtempSync(join(tmpdir(), "firebreak-bench-service-"));
  const db = openDatabase({ path: join(folder, "firebreak.sqlite") });
  try {
    await prepareTickets(db);
    const endMs = Date.now();
    const filling = follow("filling ", tickets);
    const start = performance.now();
    await seedYear(db, { tickets, machines, endMs, onProgress: filling.update });
    const filledMs = performance.now() - start;
    filling.stop();
    const results = await measure(db, endMs);
    const checking = follow("checking", tickets);
    const checkStart = performance.now();
    const differ = await ticketsThatDiffer(db, checking.update);
    const checkedMs = performance.now() - checkStart;
    checking.stop();
    if (differ.length > 0)
      throw new CodedError(
        "BENCH_FAILED",
        `events and state differ: ${differ.slice(0, 5).join(", ")}`,
      );
    return [
      ...results,
      toResult("filling", "tickets/s", [(tickets / filledMs) * 1000]),
      toResult(
        "fold of all events equals the stored state",
        "tickets/s",
        [(tickets / checkedMs) * 1000],
        `${tickets} of ${tickets} equal`,
      ),
    ];
  } finally {
    await db.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
