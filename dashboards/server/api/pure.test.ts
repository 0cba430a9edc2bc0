import { describe, expect, test } from "vitest";
import { samplePlan } from "../seeded-ports.fixture.ts";
import { healthWord, pageOfMachines, summarise, toMachineRow } from "./fleet.ts";
import { parseInstantNs, toIsoNs } from "./instants.ts";
import { toSignalsNow } from "./signals.ts";

describe("instants", () => {
  test.each([
    { text: "2026-05-01T00:00:00.123456789Z", ns: 1_777_593_600_123_456_789n },
    { text: "2026-05-01T08:00:00+08:00", ns: 1_777_593_600_000_000_000n },
    { text: "2026-05-01T08:00:00.5 08:00", ns: 1_777_593_600_500_000_000n },
    { text: "1777593600000", ns: 1_777_593_600_000_000_000n },
    { text: "-1", ns: -1_000_000n },
  ])("reads $text", ({ text, ns }) => expect(parseInstantNs(text, "from")).toBe(ns));

  test.each(["", "now", "2026-05-01", "2026-05-01T00:00:00", "2026-13-01T00:00:00Z"])(
    "refuses %j",
    (text) => expect(() => parseInstantNs(text, "from")).toThrow(/from/),
  );

  test.each([
    "8640000000000001",
    "-9999999999999999",
    // microseconds, where milliseconds are meant
    "1777593600000000",
    "9999-12-31T23:59:59-08:00",
    "0000-01-01T00:00:00+08:00",
  ])("refuses %s, which is beyond four digits of a year, and says so", (text) =>
    expect(() => parseInstantNs(text, "from")).toThrow(/from must lie within/),
  );

  test.each(["-62167219200000", "253402300799999", "9999-12-31T23:59:59.999999999Z"])(
    "reads %s, at the edge, and writes it back",
    (text) => {
      const ns = parseInstantNs(text, "from");
      expect(parseInstantNs(toIsoNs(ns), "t")).toBe(ns);
    },
  );

  test.each([0n, 1_777_593_600_123_456_789n, -1n])("writes %s back", (ns) =>
    expect(parseInstantNs(toIsoNs(ns), "t")).toBe(ns),
  );
});

describe("fleet", () => {
  const row = (machineId: string, health: number | null, openTickets = 0) =>
    toMachineRow(
      { machineId, plan: "p", title: null, lastContact: null, online: true },
      health === null ? undefined : { health, activeCodes: [], activeFindings: 0 },
      { count: openTickets, top: null },
      null,
    );
  const rows = [row("b", 90), row("a", null), row("c", 10, 2), row("d", 90)];
  const idsOf = (order: "asc" | "desc") =>
    pageOfMachines(rows, { sort: "health", order, limit: 9 }).items.map((one) => one.machineId);

  test("sorts both ways, unknown health below all, equal ones by id", () => {
    expect(idsOf("asc")).toEqual(["a", "c", "b", "d"]);
    expect(idsOf("desc")).toEqual(["b", "d", "c", "a"]);
  });

  test("searches without regard to case", () => {
    const { items } = pageOfMachines(rows, {
      sort: "machineId",
      order: "asc",
      limit: 9,
      search: "B",
    });
    expect(items.map((one) => one.machineId)).toEqual(["b"]);
  });

  test("sums up, and no data is unknown, not healthy", () => {
    expect(summarise(rows)).toEqual({
      machines: 4,
      online: 4,
      openTickets: 2,
      health: { good: 2, watch: 0, poor: 0, critical: 1, unknown: 1 },
    });
    expect([null, 0, 30, 60, 85].map(healthWord)).toEqual([
      "unknown",
      "critical",
      "poor",
      "watch",
      "good",
    ]);
  });
});

describe("signals now", () => {
  test("age is hub time less machine time; a value that is not good is no number", () => {
    const t = "2026-05-01T00:00:00.500000000Z";
    const sample = { name: "fuelLevel", unit: "%", value: 7, quality: "stale", t } as const;
    const [first, ...rest] = toSignalsNow([sample], samplePlan, 1_777_593_603_000).reverse();
    expect(first).toMatchObject({ name: "engineHours", quality: "not-available" });
    expect(rest.find(({ name }) => name === "fuelLevel")).toMatchObject({
      value: null,
      quality: "stale",
      ageSeconds: 2.5,
    });
  });
});
