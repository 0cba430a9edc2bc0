import { describe, expect, test } from "vitest";
import { evidenceSentence } from "./evidence-text.ts";
import { addMessages } from "./i18n/language.ts";
import { lateMessages } from "./i18n/late-messages.ts";
import type { Evidence } from "./types.ts";

addMessages(lateMessages);

const code: Evidence = {
  kind: "dtc",
  findingId: "f",
  planRef: "p@1",
  rule: "r",
  from: "2026-03-01T08:00:00.000Z",
  to: "2026-03-01T08:00:10.000Z",
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
const titles = (name: string) => (name === "engineSpeed" ? "Engine speed" : "Oil pressure");

describe("evidenceSentence", () => {
  test("says of a trouble code when it was first seen and what the machine was doing", () => {
    const said = evidenceSentence(code, "en", titles);
    expect(said).toContain("SPN 100 FMI 4");
    expect(said).toContain("named in 3600 messages");
    expect(said).toContain("As it began: Engine speed 1,450 rpm, Oil pressure Sensor error.");
    expect(evidenceSentence(code, "zh-CN", titles)).toContain("发生时：Engine speed");
  });

  test("says since when nothing came, why, and by what that is told", () => {
    const { findingId, planRef, rule, from, to } = code;
    const about = { findingId, planRef, rule, from, to, kind: "silence" as const };
    const likely = { ...about, cause: "power-cut", isCertain: false, detail: "earlier" };
    expect(evidenceSentence(likely, "en")).toMatch(
      /^Nothing came, .*\. Likeliest cause: power cut\. By what earlier losses/,
    );
    expect(evidenceSentence(likely, "zh-CN")).toMatch(/最可能的原因：断电。依据以往失联/);
    const certain = { ...about, cause: "bus-dead", isCertain: true, detail: "can0: down" };
    expect(evidenceSentence(certain, "en")).toMatch(/its bus is not: .* can0: down$/);
  });

  test("says that an SPN is uncertain, and what a CANopen node reported", () => {
    expect(evidenceSentence({ ...code, isUncertain: true }, "en")).toContain(
      "the maker may mean another SPN",
    );
    const emergency = { ...code, network: 128, sa: 5, spn: 0x2310, fmi: 31 };
    const said = evidenceSentence(emergency, "en");
    expect(said).toContain("CANopen node 5 reported emergency 0x2310");
    expect(said).not.toContain("SPN");
  });
});
