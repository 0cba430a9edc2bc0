import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { outcomes, priorities, ticketKinds, ticketStates } from "@firebreak/tickets/vocabulary.ts";
import { qualityNames } from "@firebreak/wire/quality.ts";
import { describe, expect, test } from "vitest";
import { healthWords } from "../server/api/schemas.ts";
import { sampleTickets } from "../server/tickets.fixture.ts";
import { evidenceSentence } from "./evidence-text.ts";
import { ageOf, formatNumber, formatTime } from "./format.ts";
import { chooseLanguage, isMessageKey, translate } from "./i18n/language.ts";
import { languages, messages } from "./i18n/messages.ts";
import { ledgerGap } from "./ledger.ts";
import { reconnectDelayMs } from "./live/reconnect.ts";
import { machinePath, routeOf, ticketPath } from "./router.ts";
import { appendSample, mergeSignals } from "./signals.ts";

const root = fileURLToPath(new URL(".", import.meta.url));
const sources = readdirSync(root, { recursive: true, encoding: "utf8" })
  .filter((name) => /\.tsx?$/.test(name) && !name.startsWith("dist") && !name.includes(".test."))
  .map((name) => ({ name, text: readFileSync(`${root}/${name}`, "utf8") }));

describe("messages", () => {
  test.each(Object.entries(messages))(
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

describe("addresses", () => {
  test.each(["JD5055E-1", "泵车 1/2", "a?b#c", "100%"])("%s comes back from its link", (id) => {
    expect(routeOf(machinePath(id))).toEqual({ page: "machine", machineId: id });
    expect(routeOf(ticketPath(id))).toEqual({ page: "ticket", ticketId: id });
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
  test.each([
    [-3, "secondsAgo", 0],
    [89.9, "secondsAgo", 89],
    [90, "minutesAgo", 1],
    [5_400, "hoursAgo", 1],
    [200_000, "daysAgo", 2],
  ] as const)("%d s is %s %d", (seconds, key, count) =>
    expect(ageOf(seconds)).toEqual({ key, count }),
  );

  test("numbers and times follow the language; what is no time stays as it is", () => {
    expect(formatNumber(1234.567, "en")).toBe("1,234.57");
    expect(formatTime("not a time", "en")).toBe("not a time");
  });
});

describe("evidence", () => {
  const evidence = sampleTickets("m", 0)[1]?.evidence[0];
  test.each(languages)("a trouble code is a whole sentence in %s", (language) => {
    if (evidence === undefined) throw new Error("the sample has evidence");
    const sentence = evidenceSentence(evidence, language);
    expect(sentence).toContain("SPN 100 FMI 4");
    expect(sentence).toContain(language === "en" ? "amber warning lamp on" : "黄色警告灯亮");
    expect(sentence).not.toMatch(/[{}]/);
  });

  test("a signal without a number says its quality", () => {
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
    expect(evidenceSentence(signal, "en", () => "Oil")).toContain(
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
