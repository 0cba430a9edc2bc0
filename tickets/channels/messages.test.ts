import { describe, expect, test } from "vitest";
import { notice } from "./channels.fixture.ts";
import { digestOf, languages, messageKinds, messageOf } from "./messages.ts";

/** Everything that any message names. */
const facts = {
  arrivalAt: "2026-03-02T04:30:00.000Z",
  dueAt: "2026-03-02T16:00:00.000Z",
  clock: "flying_squad_response",
  parts: "FB-LT-OP-01",
  location: "changsha",
  by: "T-2",
  quantity: 2,
  reportId: "R-1",
  complaintId: "C-1",
  ruleId: "oil-pressure-low",
  planId: "loader-tractor",
  precision: 40,
  faultCode: "oil-pump",
  machines: 5,
};
const link = "https://service.example.com/p/abc";
const rendered = messageKinds.flatMap((kind) =>
  languages.flatMap((language) =>
    ["", link].map((to) => ({
      kind,
      link: to,
      ...messageOf(notice({ kind, facts }), language, { link: to }),
    })),
  ),
);

describe("the message catalogue", () => {
  test("every message is whole sentences, with all it names, with a link and without", () => {
    for (const { title, text, link: to } of rendered) {
      expect(title).not.toMatch(/[{}]|undefined|^\s*$/);
      expect(text).not.toMatch(/[{}]|undefined| {2}|：\s*[。：]|[:：]\s*$/);
      expect(text).toMatch(text.includes(link) ? /[:：] ?https:\/\/\S+$/ : /[.。]$/);
      expect(to === "" && text.includes("http")).toBe(false);
    }
  });

  test("Chinese messages hold no English words, and English ones nothing Chinese", () => {
    const ids = new RegExp(Object.values({ ...facts, link, t: "T-1", m: "M-1" }).join("|"), "g");
    for (const { language, title, text } of rendered) {
      const words = `${title} ${text}`.replace(ids, "");
      expect(words).not.toMatch(
        language === "en" ? /\p{Script=Han}|[，。：（）“]\p{Script=Han}/u : /[A-Za-z]{2}/,
      );
      if (language === "zh-CN") expect(text).not.toMatch(/\p{Script=Han}[,.:;()]/u);
    }
  });

  test.each([
    ["zh-CN", "Asia/Shanghai", "3月3日 00:00"],
    ["zh-CN", "Asia/Urumqi", "3月2日 22:00 GMT+6"],
    ["en", "Asia/Shanghai", "3 Mar, 00:00"],
    ["en", "Asia/Kathmandu", "2 Mar, 21:45 GMT+5:45"],
  ] as const)(
    "E5: %s: times are told by the clock of the place, with its zone where that is another: %s",
    (language, zone, time) => {
      const late = notice({ kind: "clock-warned", facts });
      expect(messageOf(late, language, { link, zone }).text).toContain(time);
    },
  );

  test("an arrival that nobody can tell is told as soon as possible", () => {
    const underway = notice({ kind: "engineer-underway" });
    expect(messageOf(underway, "zh-CN", { link: "" }).text).toBe(
      "工程师已出发前往现场，预计到达时间：尽快。",
    );
  });

  test("a digest counts equal titles in the order they came, and says how many it leaves out", () => {
    const many = [
      ...Array.from({ length: 3 }, () => notice()),
      notice({ kind: "parts-ready", ticketId: "T-9", facts }),
      notice({ kind: "ticket-closed", ticketId: "T-8" }),
      notice({ kind: "ticket-closed", ticketId: "T-7" }),
    ];
    expect(digestOf(many, "zh-CN", { link, lines: 2 })).toEqual({
      language: "zh-CN",
      title: "6 条通知汇总",
      text: `新工单 T-1（重大） ×3\n配件到货：T-9\n……另有 2 条，见通知列表。\n${link}`,
    });
    expect(digestOf(many, "en", { link: "", lines: 9 }).text).toBe(
      "New ticket T-1 (major) ×3\nParts ready: T-9\nClosed: T-8\nClosed: T-7",
    );
  });
});
