import { expect, test } from "vitest";
import { episodesOf } from "./judge-rule.ts";

const verdicts = (text: string) =>
  [...text].map((letter, day) => ({ day, speaks: letter === "x" }));

const inWords = (text: string, wasOpen = false) =>
  episodesOf(verdicts(text), wasOpen).map(
    ({ since, newest, isOpen }) => `${since.day}-${newest.day}${isOpen ? " open" : ""}`,
  );

test.each([
  { name: "two days in a row are no episode", text: "..xx.xx.", found: [] },
  { name: "three in a row are, from the first of them", text: "..xxx", found: ["2-4 open"] },
  { name: "it goes on through two days that say nothing", text: "xxx..x..", found: ["0-7 open"] },
  { name: "three that say nothing end it", text: ".xxx...", found: ["1-6"] },
  { name: "another one may follow", text: "xxx...xxx.", found: ["0-5", "6-9 open"] },
  { name: "without days there is none", text: "", found: [] },
])("$name", ({ text, found }) => {
  expect(inWords(text)).toEqual(found);
});

test("what was open goes on until three days say nothing", () => {
  expect(inWords(".x.", true)).toEqual(["0-2 open"]);
  expect(inWords("x...xx", true)).toEqual(["0-3"]);
  expect(inWords("", true)).toEqual([]);
});
