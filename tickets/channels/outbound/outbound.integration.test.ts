import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  type CustomerWorld,
  openCustomers,
  toFollowUp,
} from "../../customers/customers.fixture.ts";
import { describeEachDatabase } from "../../each-database.fixture.ts";
import { csvDrop, csvOf } from "./csv-drop.ts";
import { runOutbound } from "./run-outbound.ts";

const serialNumber = "FBPT56-2024-0031";

describeEachDatabase("runOutbound into a CSV drop", (open) => {
  let world: CustomerWorld;
  let folder: string;
  beforeEach(async () => {
    world = await openCustomers(await open());
    folder = mkdtempSync(join(tmpdir(), "firebreak-drop-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const closeOne = async (symptom: string, failureMode: string) => {
    const { report } = await world.report({ serialNumber, symptom, failureMode });
    for (const order of toFollowUp) await world.order(report.ticketId ?? "", order);
    await world.order(report.ticketId ?? "", {
      type: "follow-up-done",
      note: "fine",
      blockers: [],
    });
    return report.ticketId ?? "";
  };
  const linesOf = (kind: string) =>
    readdirSync(folder)
      .filter((name) => name.startsWith(kind))
      .sort()
      .flatMap((name) => readFileSync(join(folder, name), "utf8").trimEnd().split("\r\n").slice(1));

  test("every closed ticket and movement is in exactly one file, once", async () => {
    const first = await closeOne("a", "brakes");
    const run = () => runOutbound(world.db, csvDrop(folder), world.clock.nowMs);
    await run();
    expect(linesOf("closed-ticket")).toHaveLength(1);
    expect(linesOf("closed-ticket")[0]).toMatch(new RegExp(`^\\d+,${first},repair,`));
    const movements = linesOf("parts-movement").length;
    expect(movements).toBeGreaterThan(0);
    expect(await run()).toBe(0);
    world.clock.advance(3_600_000);
    await closeOne("b", "oil-pressure-low");
    expect(await run()).toBe(1);
    expect(linesOf("closed-ticket")).toHaveLength(2);
    const offsets = [...linesOf("closed-ticket"), ...linesOf("parts-movement")].map((line) =>
      Number(line.split(",")[0]),
    );
    expect(new Set(offsets).size).toBe(offsets.length);
    expect(Math.max(...offsets)).toBe(offsets.length);
  });

  test("dying between writing and noting it writes the same file again, and new rows go into the next", async () => {
    await closeOne("a", "brakes");
    const drop = csvDrop(folder);
    const dying = {
      ...drop,
      kinds: ["closed-ticket"] as const,
      async write(batch: Parameters<typeof drop.write>[0]) {
        await drop.write(batch);
        throw new Error("killed");
      },
    };
    await expect(runOutbound(world.db, dying, world.clock.nowMs)).rejects.toThrow("killed");
    const [name] = readdirSync(folder);
    const before = readFileSync(join(folder, name ?? ""), "utf8");
    await closeOne("b", "oil-pressure-low");
    await runOutbound(world.db, { ...drop, kinds: ["closed-ticket"] }, world.clock.nowMs);
    expect(readdirSync(folder).sort()).toEqual([
      "closed-ticket-00000001.csv",
      "closed-ticket-00000002.csv",
    ]);
    expect(readFileSync(join(folder, name ?? ""), "utf8")).toBe(before);
    expect(new Set(linesOf("closed-ticket")).size).toBe(2);
  });
});

describe("csvOf", () => {
  test("quotes what a reader would take apart, and disarms what a spreadsheet would run", () => {
    const values = { ticketId: 'a"b,c\r\nd', faultCode: "=1+1", visits: 2 };
    const text = csvOf({
      batchNo: 1,
      kind: "closed-ticket",
      rows: [{ offset: 7, kind: "closed-ticket", values }],
    });
    expect(text).toBe(
      `offset,ticketId,kind,priority,machineId,customerId,stationId,regionId,faultCode,outcome,createdAt,closedAt,visits,billable\r\n7,"a""b,c\r\nd",,,,,,,'=1+1,,,,2,\r\n`,
    );
  });
});
