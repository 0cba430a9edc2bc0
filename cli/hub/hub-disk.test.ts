import type { DiskLevel } from "@firebreak/ingest/journal/disk-guard.ts";
import { expect, test } from "vitest";
import { diskReadiness, type HubDisk } from "./hub-disk.ts";

const disk = (level: DiskLevel, hasJournal: boolean): HubDisk => ({
  ...{ folder: "/a", hasJournal },
  guard: { status: () => ({ level, total: 100e9, free: 4e9, reserve: 5e9 }) },
});
const told = (one: HubDisk) =>
  diskReadiness([one], { consumers: () => [], maxBytes: 1 }).map(({ problem }) => problem());

test.each<[DiskLevel, boolean, number, RegExp]>([
  ["full", true, 1, /4.0 GB left\. Nothing more is taken in.*until 6.0 GB are free/],
  ["urgent", true, 0, /The journal gives up.*Below 5.0 GB gateways have to wait/],
  ["noticed", true, 0, /96 % full/],
  ["full", false, 1, /4.0 GB left\. What the hub keeps there can be read/],
  ["urgent", false, 0, /What the hub keeps there/],
])(
  "a disk that is %s, with the journal: %s, says what becomes of it",
  (level, hasJournal, at, words) => {
    const problems = told(disk(level, hasJournal));
    expect(problems[at]).toMatch(words);
    expect(/gateways|journal/i.test(String(problems[at]))).toBe(hasJournal);
    expect(problems.filter((problem) => problem !== undefined)).toHaveLength(1);
  },
);

test("a disk with room says nothing", () => {
  expect(told(disk("ok", true))).toEqual([undefined, undefined, undefined]);
});
