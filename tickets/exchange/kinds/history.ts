import { inBatches, type Reader } from "../../organisation/file-store.ts";
import { serialKeyOf } from "../../organisation/machine-file.ts";
import type { OrganisationTables } from "../../organisation/organisation-tables.ts";
import { type CellType, choice, day, list, number, text, yuan } from "../cell-reader.ts";
import { column, type RowOf, required } from "../columns.ts";
import type { ExchangeTables } from "../exchange-tables.ts";
import { laidOver } from "../file-import.ts";
import type { PastService } from "../past-services.ts";
import { recordImport } from "../record-import.ts";
import { serviceKindNames } from "../words.ts";
import { idCell, machineIdCell } from "./shared-columns.ts";

type UsedPart = PastService["parts"][number];

const usedPart: CellType<UsedPart> = {
  read(cell) {
    const [, partNo = "", count = "1"] = /^(.*?)(?:\s*[x×*]\s*(\d+))?$/iu.exec(String(cell)) ?? [];
    const quantity = Number(count);
    return partNo !== "" && quantity >= 1 && quantity <= 10_000
      ? { value: { partNo, quantity } }
      : {
          fault: {
            en: `“${String(cell)}” is not a part with its quantity: write it as OPS-01 x2`,
            "zh-CN": `“${String(cell)}”不是配件和数量，请写成 OPS-01 x2`,
          },
        };
  },
  write: ({ partNo, quantity }) => `${partNo} x${quantity}`,
  says: {
    en: "part number and quantity, such as OPS-01 x2",
    "zh-CN": "配件编号和数量，例如 OPS-01 x2",
  },
};

const columns = {
  recordNo: required(column(["Record number", "记录编号"], idCell, "EXAMPLE-2025-0001")),
  machineId: column(["Machine id", "设备编号"], machineIdCell, "PUMP-001", [
    "machine id or serial number",
    "设备编号与序列号至少填一项",
  ]),
  serialNumber: column(["Serial number", "序列号"], text(), "PT56-2026-0001"),
  servedOn: required(column(["Date", "服务日期"], day(), "2025-11-03")),
  kind: required(column(["Kind", "服务类型"], choice(serviceKindNames), "repair")),
  customerId: column(["Customer id", "客户编号"], idCell, "C-001", [
    "who had the machine then; left out: who has it now",
    "当时的客户；留空为设备当前客户",
  ]),
  symptom: column(["Symptom", "故障现象"], text(4000), "泵送压力低"),
  cause: column(["Cause", "故障原因"], text(4000), "蓄能器皮囊破损"),
  solution: column(["Solution", "解决方案"], text(4000), "更换皮囊并充氮"),
  parts: column(["Parts used", "使用配件"], list(usedPart), [
    { partNo: "FB-CP-BLD-01", quantity: 1 },
  ]),
  engineerId: column(["Engineer id", "工程师编号"], idCell, "E-001"),
  operatingHours: column(["Operating hours", "工作小时"], number({ min: 0, max: 1_000_000 }), 2710),
  costFen: column(["Cost (yuan)", "费用（元）"], yuan(), 128_000),
};
type Row = RowOf<typeof columns>;

/** A record whose machine is not known yet, with the serial number that says which it is. */
interface HistoryRecord extends PastService {
  readonly serialNumber?: string;
}

const tablesOf = (reader: Reader) => reader.tables<ExchangeTables & OrganisationTables>();

export const history = recordImport<HistoryRecord, typeof columns>({
  title: { en: "Service history", "zh-CN": "服务历史" },
  notes: [],
  columns,
  firstKey: "recordNo",
  keyOf: ({ recordNo }) => recordNo ?? undefined,
  keyColumn: () => "recordNo",
  async load(reader, rows) {
    const machines = await machinesOf(reader, rows);
    const known = {
      customers: await idsOf(
        reader,
        "customers",
        rows.map(({ customerId }) => customerId),
      ),
      engineers: await idsOf(
        reader,
        "engineers",
        rows.map(({ engineerId }) => engineerId),
      ),
    };
    return {
      stored: await storedRecords(reader, rows),
      check(record, before, report) {
        for (const [key, kind, noun, zh] of references) {
          const id = record[key];
          if (id !== undefined && !known[kind].has(id) && before?.[key] !== id)
            report(key, `there is no ${noun} ${id}`, `没有编号为 ${id} 的${zh}`);
        }
        resolve(record, before, machines, report);
      },
    };
  },
  toItem: (row, before) => {
    const base: Partial<HistoryRecord> = before ?? { parts: [] };
    const { parts } = row;
    return laidOver<HistoryRecord>(base, {
      ...row,
      parts: parts === null ? [] : parts && [...parts],
      machineId: row.machineId ?? before?.machineId ?? "",
    });
  },
  async put({ tx }, { serialNumber: _serial, ...record }) {
    const row = {
      machine_id: record.machineId,
      customer_id: record.customerId ?? null,
      served_on: record.servedOn,
      body: JSON.stringify(record),
    };
    await tablesOf(tx)
      .insertInto("past_services")
      .values({ record_no: record.recordNo, ...row })
      .onConflict((conflict) => conflict.column("record_no").doUpdateSet(row))
      .execute();
  },
  async values(reader) {
    const rows = await tablesOf(reader)
      .selectFrom("past_services")
      .select("body")
      .orderBy("record_no")
      .execute();
    return rows.map(({ body }) => JSON.parse(body) as Record<string, unknown>);
  },
});

const references = [
  ["customerId", "customers", "customer", "客户"],
  ["engineerId", "engineers", "engineer", "工程师"],
] as const;

interface KnownMachines {
  readonly byId: ReadonlyMap<string, string | null>;
  readonly bySerial: ReadonlyMap<string, string>;
}

type Mutable<Type> = { -readonly [Key in keyof Type]: Type[Key] };

/** Finds the machine and its customer, and completes the record with them. */
function resolve(
  record: Mutable<HistoryRecord>,
  before: HistoryRecord | undefined,
  { byId, bySerial }: KnownMachines,
  report: (key: string, en: string, zh: string) => void,
): void {
  const { serialNumber } = record;
  const bySerialId = serialNumber && bySerial.get(serialKeyOf(serialNumber));
  if (serialNumber && !bySerialId)
    report(
      "serialNumber",
      `no machine has the serial number ${serialNumber}`,
      `没有序列号为 ${serialNumber} 的设备`,
    );
  if (record.machineId === "" && !serialNumber)
    report(
      "machineId",
      "machine id or serial number must be filled in",
      "设备编号与序列号至少填一项",
    );
  if (record.machineId !== "" && !byId.has(record.machineId))
    report(
      "machineId",
      `there is no machine ${record.machineId}`,
      `没有编号为 ${record.machineId} 的设备`,
    );
  if (record.machineId !== "" && bySerialId && bySerialId !== record.machineId)
    report(
      "serialNumber",
      `this serial number is of the machine ${bySerialId}`,
      `该序列号属于设备 ${bySerialId}`,
    );
  if (record.machineId === "" && bySerialId) record.machineId = bySerialId;
  const customerId = byId.get(record.machineId);
  if (record.customerId === undefined && !before && customerId) record.customerId = customerId;
  delete record.serialNumber;
}

async function machinesOf(reader: Reader, rows: readonly Row[]): Promise<KnownMachines> {
  const serials = await inBatches(
    rows.map(({ serialNumber }) => (serialNumber ? serialKeyOf(serialNumber) : undefined)),
    (batch) =>
      tablesOf(reader)
        .selectFrom("serial_numbers")
        .selectAll()
        .where("serial_key", "in", batch)
        .execute(),
  );
  const ids = [
    ...rows.map(({ machineId }) => machineId ?? undefined),
    ...serials.map((row) => row.machine_id),
  ];
  const machines = await inBatches(ids, (batch) =>
    tablesOf(reader)
      .selectFrom("machine_files")
      .select(["id", "customer_id"])
      .where("id", "in", batch)
      .execute(),
  );
  return {
    byId: new Map(machines.map((row) => [row.id, row.customer_id])),
    bySerial: new Map(serials.map((row) => [row.serial_key, row.machine_id])),
  };
}

async function idsOf(
  reader: Reader,
  table: "customers" | "engineers",
  ids: readonly (string | null | undefined)[],
): Promise<ReadonlySet<string>> {
  const rows = await inBatches(
    ids.map((id) => id ?? undefined),
    (batch) => tablesOf(reader).selectFrom(table).select("id").where("id", "in", batch).execute(),
  );
  return new Set(rows.map(({ id }) => id));
}

async function storedRecords(reader: Reader, rows: readonly Row[]) {
  const found = await inBatches(
    rows.map(({ recordNo }) => recordNo ?? undefined),
    (batch) =>
      tablesOf(reader)
        .selectFrom("past_services")
        .select(["record_no", "body"])
        .where("record_no", "in", batch)
        .execute(),
  );
  return new Map(found.map((row) => [row.record_no, JSON.parse(row.body) as HistoryRecord]));
}
