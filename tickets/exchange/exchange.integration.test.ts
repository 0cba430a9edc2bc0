import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { describeEachDatabase } from "../each-database.fixture.ts";
import { checkLedger } from "../parts/stock-ledger.ts";
import type { TicketFilter } from "../ticket-filter.ts";
import { dispatcher } from "../tickets.fixture.ts";
import { openWorld, type World } from "../world.fixture.ts";
import { headerOf } from "./columns.ts";
import { writeCsv } from "./csv.ts";
import { createExchangeDesk, type ExchangeDesk } from "./exchange-desk.ts";
import {
  engineerRows,
  machineRows,
  partRows,
  type Rows,
  stockRows,
} from "./generated-lists.fixture.ts";
import type { ImportJob } from "./import-jobs.ts";
import { type ImportName, importKinds, importNames } from "./imports.ts";
import { loadPastServices } from "./past-services.ts";
import { readTable, writeSheets } from "./sheet-tasks.ts";
import type { Cell } from "./table.ts";

const actor = dispatcher;
const seesAll = { engineers: true, contacts: true };

/** The sheet of a list with those of its columns that the rows have. */
function sheetOf(list: ImportName, rows: Rows): Cell[][] {
  const keys = Object.keys(rows[0] ?? {});
  const { columns } = importKinds[list];
  const header = keys.map((key) => (columns[key] ? headerOf(columns[key]) : key));
  return [header, ...rows.map((row) => keys.map((key) => row[key] ?? null))];
}

const xlsxOf = (list: ImportName, rows: Rows) =>
  writeSheets("xlsx", [{ name: list, rows: sheetOf(list, rows) }]);

describeEachDatabase("exchange", (open) => {
  let world: World;
  let desk: ExchangeDesk;
  // One database for all: each test has lists or records of its own, and the large ones come last.
  beforeAll(async () => {
    world = await openWorld(await open());
    desk = createExchangeDesk({ db: world.db, clock: world.clock });
  });
  afterAll(() => world.close());

  const run = (
    list: ImportName,
    bytes: Uint8Array,
    mode: ImportJob["mode"] = "import",
    commandId?: string,
  ): Promise<ImportJob> =>
    desk.job(desk.start({ list, mode, bytes, actor, commandId }), actor, 110_000);
  const exported = async (list: ImportName, format: "xlsx" | "csv" = "xlsx") =>
    readTable(await desk.export({ list, format, sees: seesAll }));
  const places = ({ faults }: ImportJob) => faults.map(({ row, letter }) => `${letter}${row}`);

  test("the lists of the demonstration survive the way out and in again", async () => {
    const history = {
      recordNo: "H-0",
      serialNumber: "fbpt56-2024-0031",
      servedOn: "2025/11/3",
      kind: "维修",
      cause: "皮囊破损",
      parts: "FB-CP-BLD-01 x2; FB-CP-FV-01",
      costFen: "1,280.50",
    };
    await run("history", await xlsxOf("history", [history]));
    for (const list of importNames) {
      const job = await run(list, await desk.export({ list, format: "csv", sees: seesAll }));
      expect(job.faults).toEqual([]);
      expect(job.counts).toEqual({ created: 0, changed: 0, same: job.rows });
      expect(job.rows).toBeGreaterThan(0);
    }
  });

  test("every template is read by its own import, and its example is passed over", async () => {
    for (const list of importNames) {
      const job = await run(list, await desk.template(list), "preview");
      expect([list, job.state, job.rows, job.faults, job.ignoredColumns]).toEqual([
        list,
        "done",
        0,
        [],
        [],
      ]);
    }
  });

  test("TK-9: the same command and file again give the first answer; another file is refused", async () => {
    const parts = partRows().slice(0, 3);
    const first = await run("parts", await xlsxOf("parts", parts), "import", "c-1");
    const bytes = await xlsxOf("parts", parts);
    const same = await run("parts", bytes, "import", "c-2");
    expect(same.counts).toEqual({ created: 0, changed: 0, same: 3 });
    const again = await run("parts", bytes, "import", "c-2");
    expect(again.counts).toEqual(same.counts);
    expect(first.counts).toEqual({ created: 3, changed: 0, same: 0 });
    const other = await run("parts", await xlsxOf("parts", partRows()), "import", "c-2");
    expect(other).toMatchObject({ state: "failed", problem: { code: "COMMAND_REUSED" } });
  });

  test("an empty cell keeps what is stored, a dash takes it away, the rest changes", async () => {
    const rows = [
      { 客户编号: "C-001", 客户名称: "", 联系人电话: "13911112222", 片区编号: "-", 大客户: "否" },
    ];
    const csv = writeCsv([Object.keys(rows[0] ?? {}), ...rows.map((row) => Object.values(row))]);
    expect((await run("customers", csv)).counts).toEqual({ created: 0, changed: 1, same: 0 });
    const { rows: table } = await exported("customers");
    expect(table[1]).toEqual([
      "C-001",
      "湘江城市建设集团",
      "城建",
      "高价值客户",
      "否",
      "微信",
      null,
      "李建华",
      "设备经理",
      "13911112222",
      null,
    ]);
  });

  test("a telephone number without anybody to call is a mistake, not lost", async () => {
    const firm = { customerId: "N-C", name: "无联系人公司", segment: "公路", contactName: null };
    const phone = { ...firm, contactPhone: "13911112222" };
    expect(places(await run("customers", await xlsxOf("customers", [phone])))).toEqual(["D2"]);
    const named = { ...phone, contactName: "钱七" };
    const job = await run("customers", await xlsxOf("customers", [named]));
    expect(job.counts).toEqual({ created: 1, changed: 0, same: 0 });
    const csv = (await desk.export({ list: "customers", format: "csv", sees: seesAll })).toString();
    expect(csv).toContain("钱七,,13911112222");
  });

  test("stock is booked as movements, and never falls below what is reserved", async () => {
    const rows = [{ partNo: "FB-LT-OPS-01", locationId: "changsha", quantity: 9 }];
    const booked = await world.db
      .tables<{ stock_ledger: { kind: string; quantity: number; reason: string | null } }>()
      .selectFrom("stock_ledger")
      .selectAll()
      .execute();
    await run("stock", await xlsxOf("stock", rows));
    const now = await world.db
      .tables<{ stock_ledger: { kind: string; quantity: number; reason: string | null } }>()
      .selectFrom("stock_ledger")
      .selectAll()
      .where("reason", "=", "counted (import)")
      .execute();
    expect(booked.filter(({ reason }) => reason === "counted (import)")).toEqual([]);
    expect(now).toMatchObject([{ kind: "adjust", quantity: 5 }]);
    expect(await checkLedger(world.db)).toEqual([]);
    const lost = await run(
      "stock",
      await xlsxOf("stock", [{ partNo: "NO-1", locationId: "moon", quantity: -1 }]),
    );
    expect(places(lost)).toEqual(["A2", "B2", "C2"]);
  });

  test("service history finds its machine by serial number and shows a customer his own only", async () => {
    const row = {
      recordNo: "H-11",
      serialNumber: "fbpt56-2024-0031",
      servedOn: "2025-11-03",
      kind: "repair",
    };
    const others = { ...row, recordNo: "H-12", customerId: "C-004" };
    const job = await run(
      "history",
      await xlsxOf("history", [{ ...row, customerId: null }, others]),
    );
    expect(job.faults).toEqual([]);
    const all = await loadPastServices(world.db, { machineId: "PUMP-001" });
    expect(all.map(({ recordNo, customerId }) => [recordNo, customerId])).toEqual([
      ["H-0", "C-001"],
      ["H-11", "C-001"],
      ["H-12", "C-004"],
    ]);
    const his = await loadPastServices(world.db, { machineId: "PUMP-001", customerId: "C-001" });
    expect(his.map(({ recordNo }) => recordNo)).toEqual(["H-0", "H-11"]);
  });

  test("people stay out of files of those who may not see them", async () => {
    const text = async (list: "engineers" | "customers", sees: typeof seesAll) =>
      (await desk.export({ list, format: "csv", sees })).toString();
    const blind = { engineers: false, contacts: false };
    expect(await text("engineers", seesAll)).toContain("陈国强");
    expect(await text("engineers", blind)).not.toContain("陈国强");
    expect(await text("customers", blind)).not.toContain("13800010001");
    const job = await run("engineers", Buffer.from(await text("engineers", blind)));
    expect(job.counts).toEqual({ created: 0, changed: 0, same: 12 });
  });

  test("tickets, movements and figures are exported, too", async () => {
    for (const list of ["tickets", "movements", "kpis"] as const) {
      const table = await readTable(await desk.export({ list, format: "csv", sees: seesAll }));
      expect(table.rows[0]?.length).toBeGreaterThan(5);
    }
  });

  test("tickets are exported as the same filter lists them", async () => {
    const rowsOf = async (filter: TicketFilter) => {
      const file = await desk.export({ list: "tickets", format: "csv", sees: seesAll, filter });
      return (await readTable(file)).rows.slice(1);
    };
    for (const [index, priority] of (["major", "general", "major"] as const).entries())
      await world.service.open({
        commandId: `opened-${index}`,
        actor,
        wanted: { machineId: "PUMP-001", title: `For the list ${index}`, priority },
      });
    const all = await rowsOf({ text: "for the list" });
    const major = await rowsOf({ text: "for the list", priority: "major" });
    expect(all).toHaveLength(3);
    expect(major).toEqual(all.filter((row) => row.includes("major")));
    expect(major).toHaveLength(2);
    expect(await rowsOf({ text: "for the list", station: "nowhere" })).toEqual([]);
  });

  test("a job is nobody else's, and a file that is no list says why in both languages", async () => {
    const importId = desk.start({ list: "parts", mode: "preview", bytes: Buffer.from("x"), actor });
    const job = await desk.job(importId, actor, 110_000);
    expect(job).toMatchObject({ state: "failed", problem: { code: "EXCHANGE_FILE" } });
    expect(job.problem?.text["zh-CN"]).toContain("模板");
    const other = { kind: "person", id: "other" } as const;
    await expect(desk.job(importId, other)).rejects.toThrow(
      expect.objectContaining({ code: "EXCHANGE_UNKNOWN" }),
    );
  });

  describe("200 machines, 500 parts and 40 engineers from Excel", () => {
    test("20 planted mistakes are named with row and column, and nothing is imported", async () => {
      const before = await Promise.all(
        (["engineers", "machines", "parts"] as const).map((list) => exported(list)),
      );
      for (const [list, rows, planted] of [
        ["engineers", engineerRows(), plantedInEngineers],
        ["machines", machineRows(), plantedInMachines],
        ["parts", partRows(), plantedInParts],
      ] as const) {
        const bytes = await xlsxOf(list, planting(rows, planted));
        const keys = Object.keys(rows[0] ?? {});
        const expected = planted.map(([row, key]) => letterOf(keys, key) + row).sort();
        const previewed = await run(list, bytes, "preview");
        expect(places(previewed).sort()).toEqual(expected);
        const job = await run(list, bytes);
        expect(job.state).toBe("refused");
        expect(places(job).sort()).toEqual(expected);
        expect(job.faultCount).toBe(planted.length);
        for (const { message, column } of job.faults) {
          expect(message.en.length).toBeGreaterThan(5);
          expect(message["zh-CN"]).toMatch(/[\u4e00-\u9fff]/u);
          expect(column["zh-CN"]).toMatch(/[\u4e00-\u9fff]/u);
        }
      }
      const all = [...plantedInEngineers, ...plantedInMachines, ...plantedInParts];
      expect(all).toHaveLength(20);
      expect(await exported("machines")).toEqual(before[1]);
      expect(await exported("parts")).toEqual(before[2]);
    });

    test("the corrected files are imported whole; exported and imported again they change nothing", async () => {
      for (const [list, rows] of [
        ["engineers", engineerRows()],
        ["machines", machineRows()],
        ["parts", partRows()],
        ["stock", stockRows()],
      ] as const) {
        const bytes = await xlsxOf(list, rows);
        const previewed = await run(list, bytes, "preview");
        const job = await run(list, bytes);
        expect(job.faults).toEqual([]);
        expect(job).toMatchObject({ state: "done", rows: rows.length, rowsDone: rows.length });
        const known = list === "parts" ? 3 : 0;
        expect(job.counts).toEqual({ created: rows.length - known, changed: 0, same: known });
        expect(previewed.counts).toEqual(job.counts);
        const table = await exported(list);
        for (const format of list === "machines"
          ? (["xlsx", "csv"] as const)
          : (["csv"] as const)) {
          const file = await desk.export({ list, format, sees: seesAll });
          const again = await run(list, file);
          expect(again.faults).toEqual([]);
          expect(again.counts).toMatchObject({ created: 0, changed: 0 });
          expect(again.counts?.same).toBe(table.rows.length - 1);
        }
        expect(await exported(list)).toEqual(table);
      }
      expect(await checkLedger(world.db)).toEqual([]);
    });
  });
});

type Planted = readonly [row: number, key: string, value: Cell];

const plantedInEngineers: readonly Planted[] = [
  [3, "level", "老板"],
  [5, "flyingSquad", "maybe"],
  [9, "stationId", "atlantis"],
  [12, "maxLoadHours", 20],
  [17, "certifications", "concrete_pump_truck 2028-13-31"],
  [21, "level", "初级"],
];
const plantedInMachines: readonly Planted[] = [
  [4, "machineId", "N-PUMP-001"],
  [6, "serialNumber", "sn-2025-0002"],
  [9, "customerId", "C-999"],
  [14, "siteId", "S-003"],
  [22, "handoverAt", null],
  [33, "soldAt", "3/5/2026"],
  [40, "operatingHours", "viel"],
  [52, "gatewayId", "GW-007"],
  [77, "lat", 128],
];
const plantedInParts: readonly Planted[] = [
  [10, "unitPriceFen", -1],
  [20, "leadTimeDays", 3.5],
  [30, "category", "垫片"],
  [40, "alternates", "NO-SUCH-PART"],
  [501, "partNo", 123_456_789_012_345_680],
];

const planting = (rows: Rows, planted: readonly Planted[]): Rows =>
  rows.map((row, index) => ({
    ...row,
    ...Object.fromEntries(
      planted.filter(([at]) => at === index + 2).map(([, key, value]) => [key, value]),
    ),
  }));

const letterOf = (keys: readonly string[], key: string): string =>
  String.fromCharCode(65 + keys.indexOf(key));
