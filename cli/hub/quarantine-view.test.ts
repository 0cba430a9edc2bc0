import type { RefusedQuery } from "@firebreak/ingest/store/refused.ts";
import { expect, test } from "vitest";
import { quarantineView } from "./quarantine-view.ts";

test("what the database refused is exported page by page, each sample once", async () => {
  const about = { machineId: "M-1", reason: "type conflict", since: "2026-05-01T08:00:00.000Z" };
  const kept = Array.from({ length: 450 }, (_, at) => ({
    id: at + 1,
    ...about,
    line: `s v=${at}`,
  }));
  const asked: RefusedQuery[] = [];
  const store = {
    async refused(query: RefusedQuery) {
      asked.push(query);
      return kept.filter(({ id }) => id > query.after).slice(0, query.limit);
    },
  };
  const view = quarantineView({ store, audit: {} } as never);
  const lines: string[] = [];
  for await (const line of view.exportedRefused({ machineId: "M-1" })) lines.push(line);
  expect(lines).toHaveLength(450);
  expect(JSON.parse(lines.at(-1) ?? "")).toEqual({ ...kept.at(-1), id: "450" });
  expect(asked.map(({ machineId, after }) => [machineId, after])).toEqual([
    ["M-1", 0],
    ["M-1", 200],
    ["M-1", 400],
  ]);
});
