import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { listGateways } from "./list-gateways.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "firebreak-list-gateways-"));
  mkdirSync(join(folder, "gateways"));
  for (const gatewayId of ["gw", "gw-1", "GW-2", "gw.3", "other"])
    writeFileSync(
      join(folder, "gateways", `${gatewayId}.json`),
      JSON.stringify({ gatewayId, machines: [], createdAt: "2026-05-01T08:00:00.000Z", hash: "" }),
    );
});
afterEach(() => rmSync(folder, { recursive: true }));

const about = { book: undefined, online: new Set<string>() };
const idsOf = async (page?: Parameters<typeof listGateways>[2]) =>
  (await listGateways(folder, about, page)).map(({ gatewayId }) => gatewayId);

test("pages that follow one another hold each gateway once", async () => {
  const seen: string[] = [];
  for (let page: string[] | undefined; page === undefined || page.length > 0; seen.push(...page))
    page = await idsOf({ limit: 2, after: seen.at(-1) });
  expect(seen).toEqual(await idsOf());
  expect(seen).toHaveLength(5);
});

test("a search finds part of the id in whatever case", async () => {
  expect(await idsOf({ limit: 10, search: "gw-" })).toEqual(["GW-2", "gw-1"]);
  expect(await idsOf({ limit: 10, search: "json" })).toEqual([]);
});
