import { existsSync, mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { replayFolder, setOtherStoreAside } from "./replay-access.ts";

let data: string;

beforeEach(() => {
  data = join(mkdtempSync(join(tmpdir(), "firebreak-access-")), "data");
  mkdirSync(data);
  writeFileSync(join(data, "hub.json"), JSON.stringify({ storeId: "here" }));
});

function spoolOf(storeId: string | null): string {
  const spool = join(replayFolder(data, "M-1"), "spool");
  mkdirSync(spool, { recursive: true });
  writeFileSync(join(spool, "state.json"), JSON.stringify({ storeId }));
  return spool;
}

describe("setOtherStoreAside", () => {
  test("keeps the spool of another store under another name", () => {
    const spool = spoolOf("elsewhere");
    const aside = setOtherStoreAside(data, "M-1") ?? "";
    expect(existsSync(spool)).toBe(false);
    expect(existsSync(join(aside, "state.json"))).toBe(true);
  });

  test.each([
    { name: "the hub's own", storeId: "here" },
    { name: "one that never met a hub", storeId: null },
  ])("leaves $name spool in place", ({ storeId }) => {
    const spool = spoolOf(storeId);
    expect(setOtherStoreAside(data, "M-1")).toBeUndefined();
    expect(existsSync(spool)).toBe(true);
  });

  test("the spool lies beside the hub's folder, so that an older copy of it takes nothing back", () => {
    expect(replayFolder(data, "M-1").startsWith(`${data}/`)).toBe(false);
  });
});
