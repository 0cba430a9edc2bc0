import { silentLogger } from "@firebreak/kit/logger.ts";
import { expect, test } from "vitest";
import { createAllowList } from "./allow-list.ts";

const settled = () => new Promise((resolve) => setImmediate(resolve));

test("an enrolled gateway speaks for its machines, a revoked one for none, a stranger for whom its broker lets it", async () => {
  let now = 0;
  const enrolled = { gatewayId: "gw", machines: ["m-1"], salt: "", hash: "", createdAt: "" };
  let revoked: { at: string; by: string } | undefined;
  const findNow = (gatewayId: string) =>
    gatewayId === "gw" ? { ...enrolled, ...(revoked ? { revoked } : {}) } : undefined;
  const allowed = createAllowList({
    credentials: { find: async (gatewayId) => findNow(gatewayId) },
    findNow,
    clock: { nowMs: () => now, monotonicMs: () => now },
    log: silentLogger,
  });
  // At the first word of each: nothing goes through before it is known.
  expect([allowed("gw"), allowed("stranger")]).toEqual([["m-1"], undefined]);
  revoked = { at: "2026-01-01", by: "admin" };
  now = 15_000;
  allowed("gw");
  await settled();
  expect(allowed("gw")).toEqual([]);
});
