import { readFileSync } from "node:fs";
import { CodedError } from "@firebreak/kit/coded-error.ts";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { documentLimits } from "./document-node.ts";
import { elementNames, shapeOf } from "./elements.ts";
import { readFleet, timeOf } from "./read-fleet.ts";
import { toJson, toXml } from "./write-fleet.ts";

const sample = (name: string): string =>
  readFileSync(new URL(`testcases/${name}`, import.meta.url), "utf8");
const samples = ["full-equipment.xml", "takeuchi-fleet.xml", "trackunit-fleet.xml"].map(sample);
const [full = "", takeuchi = "", trackunit = ""] = samples;
const pointsOf = (text: string, at = 0) =>
  Object.fromEntries(
    (readFleet(text).equipment[at]?.points ?? []).map(({ element, values }) => [element, values]),
  );
const single = (inside: string) =>
  `<Fleet><Equipment><EquipmentHeader><EquipmentID>E</EquipmentID></EquipmentHeader>${inside}</Equipment></Fleet>`;
const at = 'datetime="2024-03-01T09:59:30Z"';

describe("the sample documents", () => {
  test("one of each element is read with its value", () => {
    const { equipment, skipped, snapshotMs } = readFleet(full);
    expect(skipped.size).toBe(0);
    expect(snapshotMs).toBe(Date.parse("2024-03-01T10:00:00Z"));
    expect(equipment[0]?.header).toEqual({
      unitInstallMs: Date.parse("2023-01-10T08:00:00Z"),
      oemName: "ExampleOEM",
      model: "BP42",
      equipmentId: "PUMP-042",
      serialNumber: "TEST0042",
      pin: "TESTPIN0000000042",
    });
    expect(pointsOf(full)).toMatchObject({
      Location: { Latitude: 48.1, Longitude: 11.5, Altitude: 519 },
      CumulativeOperatingHours: { Hour: 3120.55 },
      FuelUsed: { FuelConsumed: 58211.5 },
      FuelRemaining: { Percent: 62.4, FuelTankCapacity: 400 },
      Distance: { Odometer: 84211.2 },
      MaximumSpeedLast24: { Speed: 82 },
      EngineStatus: { EngineNumber: "1", Running: true },
    });
    expect(equipment[0]?.points).toHaveLength(16);
  });

  test("another namespace, times as children, no date of installation, words for nothing", () => {
    const { equipment, links } = readFleet(takeuchi);
    expect(equipment).toHaveLength(3);
    expect(equipment[0]?.points).toEqual([]);
    expect(equipment[0]?.header.unitInstallMs).toBeUndefined();
    expect(equipment[2]?.header).toEqual({ oemName: "Takeuchi", equipmentId: "4900000003" });
    const [, hours] = equipment[1]?.points ?? [];
    expect(hours).toEqual({
      element: "CumulativeOperatingHours",
      timeMs: Date.parse("2021-05-20T11:08:34Z"),
      values: { Hour: 233.7 },
    });
    expect(links.find(({ rel }) => rel === "next")?.href).toBe(links[0]?.href);
  });

  test("no maker, no model, stamps that are months old and have milliseconds", () => {
    const { equipment, links } = readFleet(trackunit);
    expect(equipment[1]?.header).toEqual({
      equipmentId: "no OEM, no model",
      serialNumber: "200002",
    });
    const old = equipment[2]?.points.find(({ element }) => element === "DEFRemaining");
    expect(old?.timeMs).toBe(Date.parse("2020-12-17T08:29:39.003Z"));
    expect(equipment[0]?.points.at(-1)?.values).toEqual({ Running: false });
    expect(links.map(({ rel }) => rel)).toEqual(["self", "next", "last"]);
  });
});

describe("dialects", () => {
  test("units of others become ours; one that is not known is said, not guessed", () => {
    const text = single(
      `<Distance ${at}><OdometerUnits>mile</OdometerUnits><Odometer>100</Odometer></Distance>
       <FuelUsed ${at}><FuelConsumed unit="gallon">10</FuelConsumed></FuelUsed>
       <CumulativePayloadTotals ${at}><WeightUnit>tonne</WeightUnit><Payload>2</Payload></CumulativePayloadTotals>
       <AmbientAirTemperature dateTime="2024-03-01T09:59:30+01:00"><TemperatureUnits>Fahrenheit</TemperatureUnits><Temperature>212</Temperature></AmbientAirTemperature>
       <MaximumSpeedLast24 ${at}><SpeedUnits>furlongs</SpeedUnits><Speed>9</Speed></MaximumSpeedLast24>`,
    );
    const points = pointsOf(text);
    expect(points.Distance?.Odometer).toBeCloseTo(160.9344, 9);
    expect(points.FuelUsed?.FuelConsumed).toBeCloseTo(37.85411784, 9);
    expect(points.CumulativePayloadTotals).toEqual({ Payload: 2000 });
    expect(points.AmbientTemperature?.Temperature).toBeCloseTo(100, 9);
    expect(points.MaximumSpeedLast24).toBeUndefined();
    expect([...readFleet(text).skipped]).toEqual([
      ["MaximumSpeedLast24: Speed is in a unit that is not known", 1],
    ]);
  });

  test("prefixes, other cases, and JSON in three forms say the same", () => {
    const xml = `<x:fleet xmlns:x="urn:a"><x:EQUIPMENT><x:equipmentheader><x:serialnumber>S</x:serialnumber></x:equipmentheader><x:cumulativeoperatinghours datetime="2024-03-01T09:59:30Z"><x:hour>7</x:hour></x:cumulativeoperatinghours></x:EQUIPMENT></x:fleet>`;
    const machine = {
      equipmentHeader: { serialNumber: "S" },
      cumulativeOperatingHours: { hour: 7, dateTime: "2024-03-01T09:59:30Z" },
    };
    const forms = [
      xml,
      JSON.stringify({ equipment: [machine] }),
      JSON.stringify({ Fleet: { Equipment: machine } }),
      JSON.stringify([{ Equipment: [machine] }]),
    ];
    for (const form of forms)
      expect(readFleet(form).equipment).toEqual([
        {
          header: { serialNumber: "S" },
          points: [
            {
              element: "CumulativeOperatingHours",
              timeMs: Date.parse("2024-03-01T09:59:30Z"),
              values: { Hour: 7 },
            },
          ],
        },
      ]);
  });

  test("a value without a time, out of range or in words is left out and counted", () => {
    const text = single(
      `<CumulativeIdleHours><Hour>1</Hour></CumulativeIdleHours>
       <CumulativeOperatingHours datetime="0001-01-01T00:00:00Z"><Hour>1</Hour></CumulativeOperatingHours>
       <Location ${at}><Latitude>91</Latitude><Longitude>1,5</Longitude></Location><Extra/>`,
    );
    expect(readFleet(text).equipment[0]?.points).toEqual([]);
    expect(Object.fromEntries(readFleet(text).skipped)).toEqual({
      "CumulativeIdleHours: no time that can be": 1,
      "CumulativeOperatingHours: no time that can be": 1,
      "Location: Latitude is out of range": 1,
      "Location: Longitude is no number": 1,
      "extra: not an element of ISO 15143-3 that is known": 1,
    });
  });

  test("an empty page is a page", () => {
    expect(readFleet('<Fleet version="1"/>').equipment).toEqual([]);
    expect(readFleet('{"Links":[],"Equipment":[]}').equipment).toEqual([]);
  });

  test.each([
    ["2024-03-01T09:59:30.1234567Z", "2024-03-01T09:59:30.123Z"],
    ["2024-03-01T09:59:30", "2024-03-01T09:59:30.000Z"],
    ["2024-03-01T09:59:30+0530", "2024-03-01T04:29:30.000Z"],
    ["2024-02-31T25:00:00Z", undefined],
    ["yesterday", undefined],
  ])("time %s is %s", (text, expected) => {
    const ms = timeOf(text);
    expect(ms === undefined ? undefined : new Date(ms).toISOString()).toBe(expected);
  });
});

describe("hostile documents", () => {
  const deep = (count: number) => "<a>".repeat(count) + "</a>".repeat(count);
  test.each([
    [
      "entities that grow",
      '<!DOCTYPE f [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><Fleet>&b;</Fleet>',
    ],
    [
      "a file of this machine",
      '<!DOCTYPE f [<!ENTITY x SYSTEM "file:///etc/passwd">]><Fleet>&x;</Fleet>',
    ],
    ["depth", `<Fleet>${deep(5_000)}</Fleet>`],
    ["depth without end tags", "<a>".repeat(300_000)],
    ["depth in JSON", "[".repeat(1_000_000)],
    ["size", `<Fleet>${" ".repeat(documentLimits.bytes)}</Fleet>`],
    ["many elements", `<Fleet>${"<a/>".repeat(450_000)}</Fleet>`],
    ["many parts of JSON", `{"Equipment":[${"1,".repeat(300_000)}1]}`],
    ["two roots", "<Fleet/><Fleet/>"],
    ["no document", ""],
    ["a page of a proxy", "<html><body>Login</body></html>"],
    ["half a document", full.slice(0, 1_500)],
  ])("%s is refused with the one code", (_, text) => {
    const refusal = () => readFleet(text);
    expect(refusal).toThrow(CodedError);
    expect(refusal).toThrow(expect.objectContaining({ code: "AEMP_DOCUMENT" }));
  });

  test("names that mean something to JavaScript change nothing", () => {
    expect(() => readFleet(single(`<__proto__ ${at}>1</__proto__>`))).toThrow(CodedError);
    expect(readFleet('{"__proto__":{"polluted":1},"Equipment":[]}').equipment).toEqual([]);
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });

  const onlyTheCode = (text: string): void => {
    try {
      readFleet(text);
    } catch (error) {
      if (error instanceof CodedError && error.code === "AEMP_DOCUMENT") return;
      throw error;
    }
  };
  const runs = process.env.FIREBREAK_SOAK ? 20_000 : 300;

  test("whatever the text, it is read or refused with the one code", () => {
    const token = fc.constantFrom(
      ...["<", ">", "/", "Fleet", "Equipment", "Location", "&amp;", "&#0;", "]]>", "<![CDATA["],
      ...[
        '"',
        "{",
        "}",
        "[",
        "]",
        ":",
        ",",
        "1",
        " datetime=",
        "<!--",
        "-->",
        "<?",
        "?>",
        "__proto__",
      ],
    );
    const text = fc.oneof(
      fc.string({ maxLength: 400 }),
      fc.array(token, { maxLength: 80 }).map((parts) => parts.join("")),
      fc.array(token, { maxLength: 40 }).map((parts) => `<Fleet>${parts.join("")}</Fleet>`),
      fc.json({ maxDepth: 6 }),
    );
    fc.assert(fc.property(text, onlyTheCode), { numRuns: runs });
  });

  test("a sample with bytes changed, cut out or doubled is read or refused with the one code", () => {
    const change = fc.record({
      which: fc.nat(samples.length - 1),
      at: fc.nat(3_000),
      length: fc.nat(40),
      put: fc.oneof(fc.string({ maxLength: 8 }), fc.constantFrom("<", ">", "&", '"', "</", "<a>")),
      doubled: fc.boolean(),
    });
    fc.assert(
      fc.property(change, ({ which, at, length, put, doubled }) => {
        const text = samples[which] ?? "";
        const cut = text.slice(at, at + length);
        onlyTheCode(text.slice(0, at) + put + (doubled ? cut + cut : "") + text.slice(at + length));
      }),
      { numRuns: runs },
    );
  });
});

describe("what we write", () => {
  test("is the sample again, element by element, name by name", () => {
    const written = toXml(readFleet(full));
    const tags = (text: string) =>
      [...text.matchAll(/<(\w[^>\s]*)/g)].map(([, name]) => name).filter((name) => name !== "?xml");
    expect(tags(written)).toEqual(tags(full));
    for (const word of ["litre", "kilometre", "metre", "km/hr", "kilogram"])
      expect(written).toContain(`>${word}<`);
  });

  test("any fleet written as XML or JSON is read as it was", () => {
    const text = fc
      .string({ unit: "grapheme", minLength: 1, maxLength: 30 })
      .map((one) => `x${one.replace(/[\p{Cc}\p{Cs}\uFFFE\uFFFF]/gu, "").trim()}`);
    const point = fc
      .record({
        element: fc.constantFrom(...elementNames),
        timeMs: fc.integer({ min: 946_684_800_000, max: 4_102_444_800_000 }),
        seed: fc.double({ min: 0, max: 1, noNaN: true }),
        word: text,
      })
      .map(({ element, timeMs, seed, word }) => ({
        element,
        timeMs,
        values: Object.fromEntries(
          shapeOf(element).fields.map((field) => {
            if (field.kind === "flag") return [field.name, seed > 0.5];
            if (field.kind === "text") return [field.name, word];
            const [min, max] = field.range;
            return [
              field.name,
              Number((min + seed * (Math.min(max, 1e6) - min)).toFixed(field.decimals)),
            ];
          }),
        ),
      }));
    const fleet = fc.record({
      version: fc.constant("1"),
      links: fc.constant([{ rel: "self", href: "https://a.example/aemp/Fleet/1?x=1&y=2" }]),
      equipment: fc.array(
        fc.record({
          header: fc.record({ equipmentId: text, serialNumber: text }),
          points: fc.uniqueArray(point, { maxLength: 8, selector: ({ element }) => element }),
        }),
        { maxLength: 4 },
      ),
    });
    fc.assert(
      fc.property(fleet, (given) => {
        for (const written of [toXml(given), JSON.stringify(toJson(given))]) {
          const { skipped, ...read } = readFleet(written);
          expect(skipped.size).toBe(0);
          expect(read).toEqual(given);
        }
      }),
      { numRuns: process.env.FIREBREAK_SOAK ? 5_000 : 60 },
    );
  });
});
