import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { deliverAll, playFleet } from "../fleet-gateway.fixture.ts";
import { eventually, type Hub, runCli, startHub, temporaryFolder } from "../product.fixture.ts";
import { sharedData } from "../shared-data.ts";
import { compareWithStored } from "../stored-samples.fixture.ts";

interface Ticket {
  readonly ticketId: string;
  readonly kind: string;
  readonly state: string;
  readonly faultCode?: string;
  readonly occurrenceCount: number;
  readonly childIds: readonly string[];
  readonly evidence: readonly {
    kind: string;
    spn?: number;
    fmi?: number;
    lamps?: { amberWarning: string };
  }[];
}

interface Ledger {
  readonly produced: number;
  readonly stored: number;
  readonly journalled: number;
  readonly spooled: number;
  readonly quarantined: number;
  readonly lost: number;
}

const recording = (name: string): string | undefined => sharedData(`can/jd5055e_${name}.log`);

let hub: Hub;

beforeAll(async () => {
  hub = await startHub({ data: temporaryFolder("e2e"), args: ["--no-simulator"] });
});

afterAll(async () => {
  const ended = await hub?.stop();
  expect(ended?.code).toBe(0);
});

async function replay(machine: string, file: string): Promise<void> {
  const { code, stderr } = await runCli([
    "replay",
    file,
    "--plan",
    "loader-tractor",
    "--machine",
    machine,
    "--data",
    hub.data,
    "--speed",
    "max",
  ]);
  if (code !== 0) throw new Error(`replay ended with ${code}: ${stderr}`);
  await stored(machine);
}

const ledgerOf = (machine: string) => hub.get<Ledger>(`machines/${machine}/ledger`);

const stored = (machine: string) =>
  eventually(`everything of ${machine} stored`, async () => {
    const ledger = await ledgerOf(machine);
    return ledger.produced > 0 && ledger.stored === ledger.produced;
  });

const ticketsOf = async (machine: string, filter = "&state=open"): Promise<Ticket[]> =>
  (await hub.get<{ items: Ticket[] }>(`tickets?machine=${machine}${filter}`)).items;

/** Two DM1 sources, two seconds apart each, in a recording of its own. */
function constructed(name: string, dm1s: readonly string[]): string {
  const lines: string[] = [];
  for (let tenth = 0; tenth < 120; tenth++) {
    const t = (tenth / 10).toFixed(6).padStart(17, "0");
    lines.push(`(${t}) can0 0CF00400#F0FFA1301CFFFFFF`);
    const dm1 = tenth % 10 === 3 ? dm1s[Math.floor(tenth / 10)] : undefined;
    if (dm1) lines.push(`(${t}) can0 18FECA00#${dm1}`);
  }
  const file = join(temporaryFolder("constructed"), `${name}.log`);
  writeFileSync(file, `${lines.join("\n")}\n`);
  return file;
}

const sixRecordings = [
  "StartUp-FirstHalf",
  "LeftSensorUnplugged-CheckEngine-1of3",
  "highRPM1",
  "maniLog",
  "tractoron10seconds",
  "noStartInGear1",
];

describe.skipIf(!recording("idling"))(
  "recordings of the loader tractor, from bus to ticket",
  () => {
    test.each(sixRecordings)(
      "%s: every sample is stored as decode --all tells it",
      async (name) => {
        const file = recording(name) ?? "";
        await replay(`CMP-${name}`, file);
        expect(await compareWithStored(hub, `CMP-${name}`, file)).toEqual([]);
      },
    );

    test("an unplugged oil pressure sensor gives one repair of the sensor, with its part reserved", async () => {
      await replay("JD5055E-1", recording("LeftSensorUnplugged-CheckEngine-1of3") ?? "");
      const check = async (): Promise<Ticket> => {
        const open = await eventually("a ticket and its part", async () => {
          const found = await ticketsOf("JD5055E-1");
          return found.length === 2 && found;
        });
        const work = open.filter(({ kind }) => kind !== "parts");
        expect(work).toHaveLength(1);
        expect(work[0]?.faultCode).toContain("sensor");
        expect(
          work[0]?.evidence.some(
            (one) =>
              one.kind === "dtc" &&
              one.spn === 100 &&
              one.fmi === 4 &&
              one.lamps?.amberWarning === "on",
          ),
        ).toBe(true);
        const parts = open.filter(({ kind }) => kind === "parts");
        expect(parts.map(({ ticketId, state }) => ({ ticketId, state }))).toEqual([
          { ticketId: work[0]?.childIds[0], state: "reserved" },
        ]);
        return work[0] as Ticket;
      };
      const first = await check();
      const signals = await hub.get<{
        items: { spn?: number; quality: string; value: number | null }[];
      }>("machines/JD5055E-1/signals");
      expect(signals.items.filter(({ spn }) => spn === 100)).toMatchObject([
        { quality: "error", value: null },
      ]);

      await replay("JD5055E-1", recording("LeftSensorUnplugged-CheckEngine-1of3") ?? "");
      await replay("JD5055E-1", recording("LeftSensorUnplugged-CheckEngine-2of3") ?? "");
      const risen = await eventually("the occurrences to be counted", async () => {
        const again = await check();
        return again.occurrenceCount >= first.occurrenceCount + 2 && again;
      });
      expect(risen.ticketId).toBe(first.ticketId);
      expect(risen.occurrenceCount).toBe(first.occurrenceCount + 2);
    });

    test("an unknown trouble code gives one uncatalogued inspection", async () => {
      await replay("JD5055E-2", recording("noStartInGear1") ?? "");
      const open = await eventually("the inspection", async () => {
        const found = await ticketsOf("JD5055E-2");
        return found.length > 0 && found;
      });
      expect(open).toHaveLength(1);
      expect(open[0]).toMatchObject({ kind: "inspection", occurrenceCount: 1 });
      expect(open[0]?.evidence).toEqual(
        expect.arrayContaining([expect.objectContaining({ kind: "dtc", spn: 524020, fmi: 31 })]),
      );
    });

    test("a threshold rule finds the high engine speed", async () => {
      const open = await eventually("the finding of highRPM1", async () => {
        const found = await ticketsOf("CMP-highRPM1");
        return found.length > 0 && found;
      });
      expect(open.filter(({ kind }) => kind !== "parts")).toHaveLength(1);
      expect(open[0]?.evidence.some(({ kind }) => kind === "signal")).toBe(true);
    });

    describe("what is healthy", () => {
      const healthy = ["idling", "hydraulics", "bucket_manipulation", "RunningControl"];
      beforeAll(() =>
        playAndJudge(new Map(healthy.map((name) => [`OK-${name}`, recording(name) ?? ""]))),
      );
      test.each(healthy)("%s gives no ticket", async (name) => {
        expect((await ledgerOf(`OK-${name}`)).stored).toBeGreaterThan(0);
        expect(await ticketsOf(`OK-${name}`, "")).toEqual([]);
      });
    });
  },
);

describe("constructed DM1 messages", () => {
  const none = "00FF00000000FFFF";
  const cases = [
    { name: "no-code", dm1s: Array.from({ length: 12 }, () => none) },
    { name: "lamp-only", dm1s: Array.from({ length: 12 }, () => "04FF00000000FFFF") },
    {
      name: "single-blink",
      dm1s: [none, none, "04FF64000401FFFF", none, none, none, none, none, none, none, none, none],
    },
  ];
  beforeAll(() =>
    playAndJudge(new Map(cases.map(({ name, dm1s }) => [`DM1-${name}`, constructed(name, dm1s)]))),
  );
  test.each(cases)("$name gives no ticket", async ({ name }) => {
    expect((await ledgerOf(`DM1-${name}`)).stored).toBeGreaterThan(0);
    expect(await ticketsOf(`DM1-${name}`, "")).toEqual([]);
  });
});

/** Plays recordings as machines, all at once, and waits until the rules have seen all of it. */
async function playAndJudge(machines: ReadonlyMap<string, string>): Promise<void> {
  await deliverAll(await playFleet({ data: hub.data, machines }));
  for (const machine of machines.keys()) await stored(machine);
  await judged();
}

/**
 * Waits until the rules have seen everything: an active code sent behind must open its ticket first, because the judge
 * reads the journal in order.
 */
let marks = 0;
async function judged(): Promise<void> {
  const machine = `MARK-${marks++}`;
  const active = Array.from({ length: 12 }, () => "04FF64000401FFFF");
  const machines = new Map([[machine, constructed(machine, active)]]);
  await deliverAll(await playFleet({ data: hub.data, machines }));
  await eventually("the marker's ticket", async () => (await ticketsOf(machine)).length > 0);
}
