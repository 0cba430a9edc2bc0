import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { language } from "./i18n/language.ts";
import { type Language, languages } from "./i18n/messages.ts";
import { monthText } from "./parts/figures/figure-names.ts";
import { figureText } from "./parts/figures/figure-tile.tsx";
import { cellOf, csvLine } from "./parts/figures/kpi-tiles.ts";

const minuteMs = 60_000;
const before = language.value;
afterAll(() => {
  language.value = before;
});

describe.each(languages)("figures in %s", (inUse) => {
  beforeAll(() => {
    language.value = inUse;
  });
  const said = (texts: Record<Language, string>) => texts[inUse];

  test.each([
    [0, { en: "0 min", "zh-CN": "0 分钟" }],
    [3 * minuteMs, { en: "3 min", "zh-CN": "3 分钟" }],
    [59 * minuteMs, { en: "59 min", "zh-CN": "59 分钟" }],
    [90 * minuteMs, { en: "1.5 h", "zh-CN": "1.5 小时" }],
    [47 * 60 * minuteMs, { en: "47 h", "zh-CN": "47 小时" }],
    [84 * 60 * minuteMs, { en: "3.5 d", "zh-CN": "3.5 天" }],
  ])("%d ms are in a unit that fits", (ms, texts) => {
    expect(figureText(ms, "duration")).toBe(said(texts));
  });

  test("a month is written as people write it, what is none stays", () => {
    expect(monthText("2026-11", inUse)).toBe(said({ en: "Nov 2026", "zh-CN": "2026年11月" }));
    expect(monthText("2026-13", inUse)).toBe("2026-13");
  });

  test("nothing to divide by is a dash", () => {
    expect(figureText(null, "duration")).toBe("–");
  });
});

test("a file has hours and yuan, and no formulas", () => {
  expect(cellOf(90 * minuteMs, "duration")).toBe(1.5);
  expect(cellOf(12_345, "fen")).toBe(123.45);
  expect(cellOf(null, "share")).toBe("");
  expect(csvLine(["=1+1", 2, 'a "b", c'])).toBe('\'=1+1,2,"a ""b"", c"');
});
