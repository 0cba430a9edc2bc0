import { parseTopic } from "@firebreak/wire/topics.ts";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  aempGatewayId,
  aempSignals,
  machineIdOf,
  samplesOf,
  sourceIdOf,
} from "./machine-samples.ts";

describe("a machine of another server", () => {
  test("is named by its PIN, else its serial number, else its id there", () => {
    const header = { equipmentId: "E", serialNumber: "S", pin: "P" };
    expect(machineIdOf("cat", header)).toBe("cat:P");
    expect(machineIdOf("cat", { ...header, pin: undefined } as never)).toBe("cat:S");
    expect(machineIdOf("cat", { equipmentId: "850 Kramer/3" })).toBe("cat:850 Kramer%2F3");
    expect(machineIdOf("cat", { oemName: "Cat" })).toBeUndefined();
  });

  test("whatever it is called there, it is none of ours, none of another source, and no two are one", () => {
    const name = fc.string({ unit: "grapheme", minLength: 1, maxLength: 200 });
    fc.assert(
      fc.property(name, name, (one, other) => {
        const id = machineIdOf("a", { pin: one }) ?? "";
        expect(id.startsWith("a:")).toBe(true);
        expect(Buffer.byteLength(id)).toBeLessThanOrEqual(128);
        expect(/[+/#]/.test(id)).toBe(false);
        if (one.toWellFormed() !== other.toWellFormed())
          expect(machineIdOf("a", { pin: other })).not.toBe(id);
      }),
      { numRuns: 300 },
    );
    expect(parseTopic("spBv1.0/firebreak/DDATA/gw/a:1")).toMatchObject({ device: "a:1" });
  });

  test("has the signals of the standard, in its units, and texts and tanks are none", () => {
    const timeMs = 1;
    const samples = samplesOf({
      header: {},
      points: [
        { element: "Location", timeMs, values: { Latitude: 48, Longitude: 11 } },
        { element: "FuelRemaining", timeMs, values: { Percent: 0, FuelTankCapacity: 400 } },
        { element: "EngineStatus", timeMs, values: { EngineNumber: "1", Running: true } },
      ],
    });
    expect(samples.map(({ signal, value }) => [aempSignals[signal], value])).toEqual([
      ["latitude", 48],
      ["longitude", 11],
      ["fuelRemaining", 0],
      ["engineRunning", 1],
    ]);
    expect(new Set(aempSignals).size).toBe(aempSignals.length);
  });

  test("has no gateway, and gateways have no source", () => {
    expect(sourceIdOf(aempGatewayId("cat"))).toBe("cat");
    expect(sourceIdOf("gw-1")).toBeUndefined();
    expect(sourceIdOf(null)).toBeUndefined();
  });
});
