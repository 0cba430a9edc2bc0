import type { Fact } from "@firebreak/rules/finding.ts";
import { describe, expect, test } from "vitest";
import type { Evidence } from "../types.ts";
import { evidenceMessages } from "./evidence-messages.ts";
import { evidenceSentence, evidenceText } from "./evidence-sentence.ts";

const about = {
  findingId: "f",
  planRef: "p@1",
  rule: "r",
  from: "2026-03-01T08:00:00.000Z",
  to: "2026-03-01T08:00:10.000Z",
};

const code: Evidence = {
  ...about,
  kind: "dtc",
  spn: 100,
  fmi: 4,
  oc: 3,
  sa: 0,
  lamps: { mil: "off", redStop: "off", amberWarning: "on", protect: "off" },
  life: {
    first: "2026-03-01T07:00:00.000Z",
    last: "2026-03-01T08:00:10.000Z",
    messages: 3600,
  },
  onset: [
    { signal: "engineSpeed", unit: "rpm", value: 1450, quality: "good", ageSeconds: 0.1 },
    { signal: "engineOilPressure", unit: "kPa", value: null, quality: "error", ageSeconds: 0 },
  ],
};

const hot: Extract<Evidence, { kind: "signal" }> = {
  ...about,
  kind: "signal",
  signal: "coolant",
  unit: "°C",
  observed: 112,
  limit: 108,
  quality: "good",
  context: "engine-running",
  contextTitle: { en: "Engine running", "zh-CN": "发动机运转" },
};

const titles: Readonly<Record<string, string>> = {
  engineSpeed: "Engine speed",
  engineOilPressure: "Oil pressure",
  coolant: "Coolant temperature",
};
const titleOf = (name: string) => titles[name] ?? name;
const inEnglish = { language: "en", titleOf, zone: "UTC" } as const;
const inChinese = {
  language: "zh-CN",
  titleOf: () => "冷却液温度",
  zone: "Asia/Shanghai",
} as const;

describe("evidenceSentence", () => {
  test("says context, what was seen, what was expected and since when in one sentence", () => {
    expect(evidenceSentence(hot, inEnglish)).toBe(
      "In the condition “Engine running”: Coolant temperature was 112 °C, expected at most 108 °C, Mar 1, 08:00:00 to 08:00:10 (10\u00a0s).",
    );
    expect(evidenceSentence(hot, inChinese)).toBe(
      "工况“发动机运转”下，冷却液温度为 112 °C，应不高于 108 °C，时间 3月1日 16:00:00 至 16:00:10（10\u00a0秒）。",
    );
  });

  test.each([
    { name: "a limit from below", more: { observed: 80, limit: 90 }, says: "at least 90 °C" },
    {
      name: "a band",
      more: { expected: { low: 80, high: 95 } },
      says: "was 112 °C, expected 80 °C to 95 °C",
    },
    { name: "one side of a band", more: { expected: { low: null, high: 95 } }, says: "most 95 °C" },
    { name: "no limit", more: { limit: null }, says: "was 112 °C, Mar 1" },
    {
      name: "a measure that is no value",
      more: { measure: "duration", observed: 40, limit: 30, unit: "s" } as const,
      says: "past its limit for 40 s in all, allowed are 30 s",
    },
    { name: "how sure it is", more: { confidence: 0.87 }, says: "(about 87\u00a0% sure)." },
    { name: "a quality", more: { observed: null, quality: "error" }, says: "(Sensor error)" },
  ])("says $name", ({ more, says }) =>
    expect(evidenceSentence({ ...hot, ...more }, inEnglish)).toContain(says),
  );

  test("a kind's own facts fill its own sentence; a word or a fact that is missing leaves the common one", () => {
    const facts: Record<string, Fact> = {
      machines: { is: "count", value: 12 },
      low: { is: "amount", value: 90, unit: "°C" },
      high: { is: "amount", value: 96, unit: "°C" },
    };
    expect(evidenceSentence({ ...hot, says: { word: "cohort", facts } }, inEnglish)).toContain(
      "Coolant temperature was 112 °C; 12 machines of its kind show 90 °C to 96 °C, Mar 1",
    );
    const life: Fact = { is: "duration", seconds: 900 };
    const stuck = { word: "stuck", facts: { length: life } };
    expect(evidenceSentence({ ...hot, says: stuck }, inChinese)).toContain(
      "冷却液温度在 15\u00a0分钟内始终停在 112 °C",
    );
    const left = (days: number): Fact => ({ is: "duration", seconds: days * 86_400 });
    const ends = { word: "remaining-life", facts: { p10: left(9), p50: left(12), p90: left(20) } };
    expect(evidenceSentence({ ...hot, says: ends }, inEnglish)).toContain(
      "about 12\u00a0d of life are left (9\u00a0d to 20\u00a0d, 8 in 10), judged by Coolant temperature",
    );
    const plain = (value: number): Fact => ({ is: "amount", value, unit: "count" });
    const scored = { word: "model-score", facts: { score: plain(0.91), bound: plain(0.8) } };
    expect(evidenceSentence({ ...hot, says: scored }, inEnglish)).toContain(
      "the plan's model gives 0.91, its limit is 0.8, judged by Coolant temperature",
    );
    for (const odd of [
      { word: "of-a-newer-version", facts },
      { word: "cohort", facts: { life } },
    ])
      expect(evidenceSentence({ ...hot, says: odd }, inEnglish)).toContain("expected at most 108");
  });

  test("both languages are told in the zone that is asked for", () => {
    const told = evidenceText(hot, (name, language) => `${name} ${language}`, "Asia/Shanghai");
    expect(told.en).toContain("coolant en was 112 °C");
    expect(told.en).toContain("16:00:00");
    expect(told["zh-CN"]).toContain("coolant zh-CN为 112 °C");
  });

  test("says of a trouble code when it was first seen and what the machine was doing", () => {
    const said = evidenceSentence(code, inEnglish);
    expect(said).toContain("SPN 100 FMI 4");
    expect(said).toContain("named in 3600 messages");
    expect(said).toContain("as it began: Engine speed 1,450 rpm, Oil pressure Sensor error");
    expect(evidenceSentence(code, inChinese)).toContain("发生时：冷却液温度 1,450 rpm");
  });

  test("says since when nothing came, why, and by what that is told", () => {
    const silent = { ...about, kind: "silence" as const };
    const likely = { ...silent, cause: "power-cut", isCertain: false, detail: "earlier" };
    expect(evidenceSentence(likely, inEnglish)).toMatch(
      /^Nothing came, likeliest power cut; By what earlier losses/,
    );
    expect(evidenceSentence(likely, inChinese)).toMatch(/最可能的原因：断电；依据以往失联/);
    const certain = { ...silent, cause: "bus-dead", isCertain: true, detail: "can0: down" };
    expect(evidenceSentence(certain, inEnglish)).toMatch(/its bus is not: .*; can0: down, Mar 1/);
  });

  test("says that an SPN is uncertain, and what a CANopen node reported", () => {
    expect(evidenceSentence({ ...code, isUncertain: true }, inEnglish)).toContain(
      "the maker may mean another SPN",
    );
    const emergency = { ...code, network: 128, sa: 5, spn: 0x2310, fmi: 31 };
    const said = evidenceSentence(emergency, inEnglish);
    expect(said).toContain("CANopen node 5 reported emergency 0x2310");
    expect(said).not.toContain("SPN");
  });

  test("no sentence of a kind asks for a place in one language only", () => {
    const gaps = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(([gap]) => gap).sort();
    for (const text of Object.values(evidenceMessages))
      expect(gaps(text["zh-CN"])).toEqual(gaps(text.en));
  });
});
