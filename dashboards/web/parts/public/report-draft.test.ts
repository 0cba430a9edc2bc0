import { describe, expect, test } from "vitest";
import { ratingIn } from "../rating-fields.tsx";
import { isTooLarge } from "./media-upload.ts";
import { draftOf, emptyDraft, reportBody } from "./report-draft.ts";

describe("a customer's draft", () => {
  test("comes back as it was kept; whatever else lay there is an empty form", () => {
    const draft = { ...emptyDraft, symptom: "漏油", machineStopped: "yes" } as const;
    expect(draftOf(JSON.stringify(draft))).toEqual(draft);
    for (const junk of [null, "", "[", "null", "7", '{"symptom":7,"machineStopped":"maybe"}'])
      expect(draftOf(junk)).toEqual(emptyDraft);
  });

  test("becomes a report without what was left empty, worded by the choice where no words are", () => {
    const draft = {
      ...emptyDraft,
      failureMode: "coolant-hot",
      machineStopped: "no",
      name: " 王 ",
      phone: "13800000000",
    } as const;
    const of = {
      way: "qr",
      language: "zh-CN",
      titleOf: (mode: string) => `title of ${mode}`,
    } as const;
    expect(reportBody(draft, of)).toEqual({
      way: "qr",
      failureMode: "coolant-hot",
      symptom: "title of coolant-hot",
      machineStopped: false,
      contact: { name: "王", phone: "13800000000", language: "zh-CN" },
      website: "",
    });
    const { contact } = reportBody({ ...emptyDraft, email: "a@example.com" }, of);
    expect(contact).toEqual({ email: "a@example.com", language: "zh-CN" });
    expect(reportBody(emptyDraft, of).contact).toBeUndefined();
  });

  test("takes photos to 10 MB and films to 100 MB", () => {
    const mebibyte = 1_048_576;
    expect(isTooLarge({ size: 10 * mebibyte }, "photo")).toBe(false);
    expect(isTooLarge({ size: 10 * mebibyte + 1 }, "photo")).toBe(true);
    expect(isTooLarge({ size: 100 * mebibyte }, "video")).toBe(false);
    expect(isTooLarge({ size: 100 * mebibyte + 1 }, "video")).toBe(true);
  });
});

describe("a rating", () => {
  test("holds what was answered and nothing else", () => {
    const form = new FormData();
    form.set("npsScore", "0");
    form.set("empathy", "4");
    form.set("comment", "  ");
    expect(ratingIn(form)).toEqual({ npsScore: 0, dimensions: { empathy: 4 } });
    expect(ratingIn(new FormData())).toBeUndefined();
  });
});
