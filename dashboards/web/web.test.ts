import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { outcomes, priorities, ticketKinds, ticketStates } from "@firebreak/tickets/vocabulary.ts";
import { qualityNames } from "@firebreak/wire/quality.ts";
import { beforeAll, describe, expect, test } from "vitest";
import { healthWords } from "../server/api/schemas.ts";
import { sampleTickets } from "../server/tickets.fixture.ts";
import { signalsInTrouble } from "./active-findings.ts";
import { evidenceMessages } from "./evidence/evidence-messages.ts";
import { evidenceSentence } from "./evidence/evidence-sentence.ts";
import { ageOf, formatNumber, formatPercent, formatSpan, formatTime, zoneText } from "./format.ts";
import { longestStep } from "./gaps.ts";
import { firstMessages } from "./i18n/first-messages.ts";
import { chooseLanguage, isMessageKey, loadMessages, translate } from "./i18n/language.ts";
import { lateMessages } from "./i18n/late-messages.ts";
import { languages, type Message } from "./i18n/messages.ts";
import { ledgerGap } from "./ledger.ts";
import { reconnectDelayMs } from "./live/reconnect.ts";
import { titleText } from "./page-title.ts";
import { axisTexts, axisWidth, valueRange } from "./parts/chart-options.ts";
import { isFleetCut } from "./parts/link-notices.tsx";
import { machinePath, routeOf, ticketPath } from "./router.ts";
import { appendSample, type ChartColumns, mergeSignals } from "./signals.ts";
import { parentsFirst } from "./ticket-order.ts";
import { timelineText } from "./timeline-text.ts";
import type { TicketEvent } from "./types.ts";

const root = fileURLToPath(new URL(".", import.meta.url));
const sources = readdirSync(root, { recursive: true, encoding: "utf8" })
  .filter((name) => /\.tsx?$/.test(name) && !name.startsWith("dist") && !name.includes(".test."))
  .map((name) => ({ name, text: readFileSync(`${root}/${name}`, "utf8") }));

/** Texts that come with a page: every file of `i18n/pages` exports one catalogue named `texts`. */
async function pageTexts(): Promise<[name: string, text: Message][]> {
  const folder = `${root}/i18n/pages`;
  const found = readdirSync(folder)
    .filter((file) => file.endsWith(".ts"))
    .map(async (file): Promise<[string, Message][]> => {
      const { texts } = (await import(`${folder}/${file}`)) as { texts: Record<string, Message> };
      return Object.entries(texts).map(([key, text]) => [`${file}: ${key}`, text]);
    });
  return (await Promise.all(found)).flat();
}

beforeAll(loadMessages);

describe("messages", async () => {
  const common = { ...firstMessages, ...lateMessages, ...evidenceMessages };
  test.each([...Object.entries<Message>(common), ...(await pageTexts())])(
    "%s has text in every language with the same gaps",
    (_, one) => {
      const gaps = (text: string) => (text.match(/\{\w+\}/g) ?? []).sort();
      for (const language of languages) expect(one[language].trim()).not.toBe("");
      expect(gaps(one["zh-CN"])).toEqual(gaps(one.en));
    },
  );

  test.each([
    ["health", healthWords],
    ["quality", qualityNames],
    ["kind", ticketKinds],
    ["state", ticketStates],
    ["priority", priorities],
    ["outcome", outcomes],
  ] as const)("every %s has a word", (vocabulary, words) => {
    for (const word of words) expect(isMessageKey(`${vocabulary}.${word}`), word).toBe(true);
  });

  test("every event of a timeline has a word", () => {
    for (const ticket of sampleTickets("m", 0))
      for (const { type } of ticket.timeline) expect(isMessageKey(`event.${type}`)).toBe(true);
  });

  test("the language is the one remembered, else the browser's first that we speak", () => {
    expect(chooseLanguage("zh-CN", ["en"])).toBe("zh-CN");
    expect(chooseLanguage(null, ["fr", "zh-Hans-CN", "en"])).toBe("zh-CN");
    expect(chooseLanguage("klingon", ["en-GB"])).toBe("en");
    expect(chooseLanguage(null, [])).toBe("en");
  });

  test("a gap without a value stays visible", () => {
    expect(translate("en", "newTicket", { title: "<b>" })).toBe("New ticket: <b>");
    expect(translate("en", "newTicket")).toBe("New ticket: {title}");
  });
});

describe("sources", () => {
  test.each(sources)("$name never makes HTML of text", ({ text }) => {
    expect(text).not.toMatch(/innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(/);
  });

  test("the page holds no script or style of its own", () => {
    const page = readFileSync(`${root}/index.html`, "utf8");
    expect(page).not.toMatch(/<style|style=|<script(?![^>]*src=)| on\w+=/);
  });
});

describe("C7: a fleet that was cut off", () => {
  test.each([
    { known: 10_000, reconnecting: 7_312, isCut: true },
    { known: 10_000, reconnecting: 12, isCut: false },
    { known: 6, reconnecting: 4, isCut: false },
    { known: 6, reconnecting: 6, isCut: true },
    { known: 0, reconnecting: 0, isCut: false },
  ])(
    "C7: $reconnecting of $known on their way back: one line for all is $isCut",
    ({ known, reconnecting, isCut }) => {
      expect(isFleetCut({ known, reconnecting })).toBe(isCut);
    },
  );
});

describe("addresses", () => {
  test.each(["JD5055E-1", "泵车 1/2", "a?b#c", "100%"])("%s comes back from its link", (id) => {
    expect(routeOf(machinePath(id))).toEqual({ page: "machine", params: { machineId: id } });
    expect(routeOf(ticketPath(id))).toEqual({ page: "ticket", params: { ticketId: id } });
  });

  test.each([
    { path: "/", page: "fleet" },
    { path: "/tickets", page: "tickets" },
    { path: "/quarantine", page: "quarantine" },
    { path: "/nowhere", page: "missing" },
    { path: "/machines/%E0%A4%A", page: "missing" },
    { path: "/machines/a/b", page: "missing" },
  ])("$path is $page", ({ path, page }) => expect(routeOf(path).page).toBe(page));
});

describe("formats", () => {
  test("E5: a zone has its name and how far it is off on that day", () => {
    const [winter, summer] = [Date.UTC(2027, 2, 27), Date.UTC(2027, 2, 29)];
    expect(zoneText(winter, "Asia/Kathmandu")).toMatch(/^Asia\/Kat\w+, GMT\+5:45$/);
    expect(zoneText(winter, "Europe/Berlin")).toBe("Europe/Berlin, GMT+1");
    expect(zoneText(summer, "Europe/Berlin")).toBe("Europe/Berlin, GMT+2");
  });

  test.each([
    [-3, "secondsAgo", 0],
    [89.9, "secondsAgo", 89],
    [90, "minutesAgo", 1],
    [5_400, "hoursAgo", 1],
    [200_000, "daysAgo", 2],
  ] as const)("%d s is %s %d", (seconds, key, count) =>
    expect(ageOf(seconds)).toEqual({ key, count }),
  );

  test("a stretch of time is said once, with its length", () => {
    const [from, to] = ["2026-05-01T08:00:00Z", "2026-05-01T08:00:12Z"];
    expect(formatSpan(from, to, "en")).toMatch(/^May 1,.* \S+ to \d\d:00:12 \(12\ss\)$/);
    expect(formatSpan(from, from, "en")).toBe(formatTime(from, "en"));
    expect(formatPercent(1 / 3, "en")).toBe("33\u00a0%");
  });

  test("a tab says how much work there is and what it is about", () => {
    expect(titleText(2, "PUMP-002", "Firebreak")).toBe("(2) PUMP-002 · Firebreak");
    expect(titleText(0, "", "Firebreak")).toBe("Firebreak");
  });

  test.each([
    { values: [], range: [0, 1] },
    { values: [null, 5, 15], range: [4, 16] },
    { values: [1, 21], range: [0, 23] },
    { values: [10], range: [9, 11] },
    { values: [0, Number.NaN], range: [0, 1] },
  ])("a chart of $values reaches over $range", ({ values, range }) =>
    expect(valueRange(values)).toEqual(range),
  );

  test("numbers and times follow the language; what is no time stays as it is", () => {
    expect(formatNumber(1234.567, "en")).toBe("1,234.57");
    expect(formatTime("not a time", "en")).toBe("not a time");
  });

  test.each(languages)("a time of another year says which in %s", (language) => {
    const year = new Date().getFullYear();
    const at = (one: number) => formatTime(`${one}-07-01T12:00:00Z`, language);
    expect(at(year - 1)).toContain(String(year - 1));
    expect(at(year + 2)).toContain(String(year + 2));
    expect(at(year)).not.toContain(String(year));
  });

  test.each([
    { ticks: [0, 500_000_000, 1e9], texts: ["0", "500,000,000", "1,000,000,000"] },
    { ticks: [1e9, 1e9 + 20], texts: ["1,000,000,000", "1,000,000,020"] },
    { ticks: [0, 0.0005, 0.001], texts: ["0", "0.0005", "0.001"] },
    { ticks: [0, 2.5, 5], texts: ["0", "2.5", "5"] },
    { ticks: [0.1, 0.30000000000000004], texts: ["0.1", "0.3"] },
    { ticks: [1e300, 2e300], texts: ["1E300", "2E300"] },
    { ticks: [0], texts: ["0"] },
    { ticks: [], texts: [] },
  ])("the numbers beside an axis tell $ticks apart and are not cut off", ({ ticks, texts }) => {
    expect(axisTexts(ticks, "en")).toEqual(texts);
    const longest = Math.max(0, ...texts.map(({ length }) => length));
    // A figure of the axes' font (12 px) is less than 7 px wide, and 5 px lie between it and the curve.
    expect(axisWidth(texts)).toBeGreaterThanOrEqual(5 + 7 * longest);
  });
});

describe("evidence", () => {
  const titleOf = (name: string) => name;
  const evidence = sampleTickets("m", 0)[1]?.evidence[0];
  test.each(languages)("a trouble code is a whole sentence in %s", (language) => {
    if (evidence === undefined) throw new Error("the sample has evidence");
    const sentence = evidenceSentence(evidence, { language, titleOf });
    expect(sentence).toContain("SPN 100 FMI 4");
    expect(sentence).toContain(language === "en" ? "amber warning lamp on" : "黄色警告灯亮");
    expect(sentence).not.toMatch(/[{}]/);
  });

  test.each([
    ["en", "In the condition “Engine running”: oil was 7 kPa, expected at most 5 kPa, "],
    ["zh-CN", "工况“发动机运转”下，oil为 7 kPa，应不高于 5 kPa，时间 "],
  ] as const)("a context has its name in %s", (language, begin) => {
    const contextTitle = { en: "Engine running", "zh-CN": "发动机运转" };
    const one = { ...signal, observed: 7, context: "running", contextTitle } as const;
    expect(evidenceSentence(one, { language, titleOf }).startsWith(begin)).toBe(true);
  });

  const signal = {
    kind: "signal",
    findingId: "f",
    planRef: "p@1",
    rule: "r",
    from: "2026-05-01T00:00:00Z",
    to: "2026-05-01T00:00:01Z",
    signal: "oil",
    unit: "kPa",
    observed: null,
    limit: 5,
    quality: "error",
    context: null,
  } as const;

  test("a signal without a number says its quality", () => {
    expect(evidenceSentence(signal, { language: "en", titleOf: () => "Oil" })).toContain(
      "Oil gave no valid value (Sensor error)",
    );
  });
});

describe("live values", () => {
  const title = { en: "Speed", "zh-CN": "转速" };
  const about = { name: "a", title, unit: "rpm", staleAfterSeconds: 10, decimals: 0 } as const;
  const row = { ...about, value: 1, quality: "good", ageSeconds: 0 } as const;
  const never = { ...row, value: null, t: null, quality: "not-available" } as const;

  test("news replace the row of the same control unit and keep its title", () => {
    const news = { ...row, title: { en: "a", "zh-CN": "a" }, value: 2, t: "2", sa: 3 };
    expect(mergeSignals([{ ...row, t: "1", sa: 3 }], [news])).toEqual([{ ...news, title }]);
  });

  test("the row of a signal that never came gives way to the first that comes", () => {
    const merged = mergeSignals([never], [{ ...row, t: "1", sa: 0 }]);
    expect(merged.map(({ sa }) => sa)).toEqual([0]);
    expect(merged[0]?.title).toEqual(title);
  });

  test("a chart takes newer samples only, keeps gaps and forgets what is too old", () => {
    const start = { t: [10, 20], value: [1, 2] };
    const t = "1970-01-01T00:00:30Z";
    expect(appendSample(start, { t, value: null }, 15)).toEqual({ t: [20, 30], value: [2, null] });
    expect(appendSample(start, { t: "1970-01-01T00:00:20Z", value: 3 }, 0)).toBe(start);
    expect(appendSample(start, { t: null, value: null }, 0)).toBe(start);
  });

  test("a chart of a day that stays open reaches back a day all the time, peaks and gaps too", () => {
    const daySeconds = 86_400;
    const t = Array.from({ length: 20_000 }, (_, at) => 4 * at);
    const value = t.map((at) => (at === 400 ? 99 : at === 800 ? null : 1));
    let columns: ChartColumns = { t, value };
    for (let at = 80_000; at < 80_020; at += 0.5)
      columns = appendSample(
        columns,
        { t: new Date(at * 1000).toISOString(), value: 1 },
        at - daySeconds,
      );
    expect(columns.t[0]).toBe(0);
    expect(columns.value).toEqual(expect.arrayContaining([99, null]));
    expect(columns.t.length).toBeLessThanOrEqual(20_000);
    const steps = columns.t.slice(1).map((at, row) => at - (columns.t[row] ?? 0));
    expect(Math.max(...steps)).toBeLessThan(longestStep(10, daySeconds));
  });

  test("500 browsers do not come back at once", () => {
    expect(reconnectDelayMs(0, 0)).toBe(500);
    expect(reconnectDelayMs(0, 1)).toBe(1_500);
    expect(reconnectDelayMs(50, 1)).toBe(30_500);
  });
});

test("the ledger says by how much it is off", () => {
  const even = {
    produced: 10,
    suppressed: 99,
    stored: 5,
    journalled: 2,
    spooled: 1,
    quarantined: 1,
    lost: 1,
  };
  expect(ledgerGap(even)).toBe(0);
  expect(ledgerGap({ ...even, stored: 3 })).toBe(2);
});

describe("a timeline", () => {
  const base = { at: "", actor: { kind: "system", id: "rules" }, commandId: "c" } as const;
  const seen = (seq: number, isOccurrence = true): TicketEvent => {
    const about = { findingId: "f", machineAt: "", evidence: [], isOccurrence };
    return { ...base, type: "evidence-added", seq, ...about };
  };

  test("only a later occurrence happened again", () => {
    const events = [seen(2), seen(3, false), seen(4)];
    expect(events.map((one) => timelineText(one, events, "en").text)).toEqual([
      "Evidence added",
      "Evidence added",
      "Happened again",
    ]);
  });

  test("signals of a ticket are in trouble while their finding is active", () => {
    const one = { kind: "signal", findingId: "f", signal: "oil", limit: 5 } as never;
    const [found] = signalsInTrouble([{ evidence: [one], activeFindings: [] }]);
    expect(found).toEqual({ signal: "oil", limit: 5, isActive: false });
  });
});

test("a parts ticket stands below its parent, and by itself where the parent is not shown", () => {
  const [first, second] = [{ ticketId: "P-1", parentId: "T-1" }, { ticketId: "T-1" }];
  const lonely = { ticketId: "P-9", parentId: "T-9" };
  expect(parentsFirst([lonely, first, second])).toEqual([lonely, second, first]);
});
