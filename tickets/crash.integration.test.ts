import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import type { Database } from "@firebreak/kit/database.ts";
import { describeEachDatabase } from "@firebreak/kit/each-database.fixture.ts";
import { expect, test } from "vitest";
import type { AuditTables } from "./audit/audit-tables.ts";
import { createJudgeStore } from "./registry/judge-store.ts";
import type { ShelvingTables } from "./shelving/shelving-tables.ts";
import type { TicketTables } from "./tables.ts";
import { expectConsistent } from "./world.fixture.ts";

const rounds = process.env.FIREBREAK_SOAK === "1" ? 200 : 3;
/** Fewer do not come to every state of a ticket. */
const steps = Math.max(90, rounds * 15);
const child = join(import.meta.dirname, "crash-child.fixture.ts");

/** Runs the judge to its last step. */
async function runToEnd(url: string): Promise<void> {
  const judge = spawn(process.execPath, [child, url, String(steps)], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  expect(await once(judge, "exit")).toEqual([0, null]);
}

/**
 * Runs the judge; kills it some milliseconds after it has said `word` so often, or at its end: on a busy computer it may
 * be there before its killer.
 */
async function runAndKill(url: string, killAfter: number, word: string): Promise<void> {
  const judge = spawn(process.execPath, [child, url, String(steps), "stays"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exited = once(judge, "exit");
  let seen = 0;
  for await (const line of createInterface(judge.stdout)) {
    if (line === "stays") judge.kill("SIGKILL");
    if (!line.startsWith(word)) continue;
    seen += 1;
    if (seen !== killAfter) continue;
    await sleep(Math.random() * 12);
    judge.kill("SIGKILL");
  }
  expect(await exited).toEqual([null, "SIGKILL"]);
}

/** What the judge made of the same steps, without what is random: ids and codes. */
async function outcomeOf(db: Database) {
  const tables = db.tables<TicketTables>();
  const tickets = await tables.selectFrom("tickets").selectAll().execute();
  const stock = await tables
    .selectFrom("stock_levels")
    .selectAll()
    .orderBy("part_no")
    .orderBy("location_id")
    .execute();
  const audited = await db.tables<AuditTables>().selectFrom("audit_log").select("action").execute();
  const shelving = db.tables<ShelvingTables>();
  return {
    shelves: await shelving.selectFrom("shelves").selectAll().execute(),
    held: await shelving.selectFrom("held_findings").selectAll().execute(),
    shelfEnds: audited.filter(({ action }) => action === "finding.shelf-expired").length,
    offset: await createJudgeStore(db).loadOffset(),
    states: await createJudgeStore(db).loadStates(),
    findings: await createJudgeStore(db).findings("M-0", 1000),
    stock,
    tickets: tickets
      .map(({ kind, state, machine_id, version, body }) => {
        const ticket = JSON.parse(body);
        return [machine_id, kind, ticket.faultCode, ticket.createdAt, state, version]
          .concat(
            ticket.occurrenceCount,
            ticket.parts.map((line: { state: string }) => line.state),
          )
          .join(" ");
      })
      .sort(),
  };
}

describeEachDatabase("a judge", (open, { urlOf }) => {
  test("killed again and again makes the same tickets and stock as one that was not", async () => {
    const calm = await open();
    await runToEnd(urlOf(calm));

    const shaken = await open();
    for (let kills = 0; kills < rounds; kills++) {
      const [times, word] =
        kills % 2 === 0
          ? ([1 + Math.floor(Math.random() * 9), "step"] as const)
          : ([1, "ending"] as const);
      await runAndKill(urlOf(shaken), times, word);
      await expectConsistent(shaken);
    }
    await runToEnd(urlOf(shaken));
    const wanted = await outcomeOf(calm);
    expect(wanted).toMatchObject({ shelves: [], held: [], shelfEnds: steps / 10 });
    for (const state of ["acknowledged", "closed", "reserved", "backordered", "cancelled"])
      expect(wanted.tickets.join()).toContain(` ${state} `);
    expect(await outcomeOf(shaken)).toEqual(wanted);
  }, 1_800_000);
});
