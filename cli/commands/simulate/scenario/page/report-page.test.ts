import { createHash } from "node:crypto";
import { loadScenario } from "@firebreak/simulator/scenarios/load-scenario.ts";
import { expect, test } from "vitest";
import { toReport } from "../scenario-report.ts";
import { reportPage } from "./report-page.ts";
import type { Language } from "./words.ts";

const hostile = `<script>alert("x")</script>'&`;
const scenario = { ...loadScenario("as-3"), title: hostile };
const service = { calls: [], refused: {}, coreParts: [], turnover: 0.5, firstTimeFixRate: 0.75 };
const outcome = { machines: [], tickets: [], sentAgain: 0, orders: [], stock: {}, service };
const served = (scenario.organisations ?? []).map((organisation) => ({ organisation, outcome }));
const made = toReport(scenario, { outcome, organisations: served }, 1);
const told = { mean: 12, least: 1, p50: 10, p90: 30, count: 7 };
const report = {
  ...made,
  organisations: made.organisations.map((one) => ({
    ...one,
    figures: {
      ...one.figures,
      arrivalHours: told,
      emergencyArrivalHours: told,
      corePartsHours: told,
      waitingShare: told,
    },
  })),
};
const pageIn = (language: Language) => reportPage(scenario, report, { language, version: "9.9.9" });
const page = pageIn("both");
const count = (text: string, what: RegExp) => [...text.matchAll(what)].length;

test("everything that is put in is escaped", () => {
  expect(page).not.toContain("<script");
  expect(page).toContain("&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;&#39;&amp;");
});

test("fetches nothing, runs nothing, and its policy says so", () => {
  expect(page).not.toMatch(/<(script|img|link|iframe|form)\b|\son\w+=|\sstyle=|https?:|url\(/);
  const style = /<style>([\s\S]*)<\/style>/.exec(page)?.[1] ?? "";
  const hash = createHash("sha256").update(style).digest("base64");
  const policy = /content="(default-src[^"]*)"/.exec(page)?.[1]?.replaceAll("&#39;", "'");
  expect(policy).toContain(`default-src 'none'; style-src 'sha256-${hash}'`);
});

test("is marked as simulated at the top and on each table and chart", () => {
  const tags = count(page, /<b class="tag">/g);
  expect(tags).toBe(count(page, /<table>/g) + count(page, /<figure>/g));
  expect(page.indexOf("模拟 / simulated</p>")).toBeLessThan(page.indexOf("<main>"));
});

test("numbers of the sources are called reference lines, each with its source, never results", () => {
  const references = scenario.references ?? [];
  const notes = [...page.matchAll(/<p class="reference-note">.*?<\/p>/g)].map(([note]) => note);
  expect(notes).toHaveLength(references.length);
  for (const note of notes) expect(note).toMatch(/来源.*source.*参考线，不是测得的结果/);
  expect(count(page, /<line class="reference"/g)).toBe(references.length);
});

test("tells means, percentiles and how many there were", () => {
  expect(page).toContain("<b>12.0</b><small>10.0 · 30.0 (7)</small>");
});

test("tells seed, version and every assumption with its source", () => {
  for (const text of ["9.9.9", `${scenario.seed}`]) expect(page).toContain(text);
  for (const { people } of scenario.organisations ?? [])
    expect(page).toContain(people?.callHours.source);
});

test("in one language there is nothing of the other but the mark at the top", () => {
  expect(count(pageIn("zh-CN"), /<span lang="en">/g)).toBe(0);
  expect(count(pageIn("en"), /<span lang="zh-CN">/g)).toBe(0);
});
