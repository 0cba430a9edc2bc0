import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ExportDesk, openExportDesk } from "@firebreak/ingest/exports/export-desk.ts";
import { systemClock } from "@firebreak/kit/clock.ts";
import { silentLogger } from "@firebreak/kit/logger.ts";
import type { Role } from "@firebreak/kit/roles.ts";
import type { FastifyInstance } from "fastify";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createServer } from "./create-server.ts";
import { seededPorts, tokenOf } from "./seeded-ports.fixture.ts";

let folder: string;
let desk: ExportDesk;
let app: FastifyInstance;
let audit: Awaited<ReturnType<typeof seededPorts>>["audit"];
beforeAll(async () => {
  const seeded = await seededPorts();
  folder = mkdtempSync(join(tmpdir(), "firebreak-exports-"));
  const store = seeded.ports.telemetry;
  desk = openExportDesk({
    ...{ folder, store, clock: systemClock, log: silentLogger, limits: { minFreeBytes: 0 } },
  });
  ({ audit } = seeded);
  app = createServer({ ...seeded.ports, exports: desk });
});
afterAll(async () => {
  await app.close();
  await desk.stop();
  rmSync(folder, { recursive: true, force: true });
});

const ask = (role: Role, path: string, payload?: object) =>
  app.inject({
    method: payload === undefined ? "GET" : "POST",
    url: `/api/v1/telemetry-exports${path}`,
    headers: { authorization: `Bearer ${tokenOf(role)}` },
    ...(payload === undefined ? {} : { payload }),
  });
const wanted = {
  machineIds: ["JD5055E-1"],
  signals: ["engineSpeed"],
  from: "2026-05-01T00:00:00Z",
  to: "2026-05-01T00:10:00Z",
  format: "csv",
};

test("an export is asked for, followed and fetched, and the download is in the audit log", async () => {
  const asked = await ask("analyst", "", wanted);
  expect(asked.statusCode).toBe(202);
  const { id } = asked.json();
  await expect.poll(async () => (await ask("analyst", `/${id}`)).json().state).toBe("done");
  const file = await ask("analyst", `/${id}/file`);
  expect(file.headers["content-disposition"]).toMatch(/^attachment; filename="telemetry-.*\.csv"$/);
  expect(file.body.split("\r\n")).toHaveLength(602);
  const { items } = await audit.desk.page({ limit: 10 });
  expect(items).toContainEqual(
    expect.objectContaining({
      action: "telemetry.exported",
      actor: "token:analyst",
      subjectKind: "export",
      subjectId: id,
      facts: { format: "csv", machines: 1, rows: 600 },
    }),
  );
  expect((await ask("analyst", "")).json().items).toHaveLength(1);
  expect((await ask("analyst", `/${id}/remove`, {})).statusCode).toBe(204);
  expect((await ask("analyst", `/${id}`)).json()).toMatchObject({ code: "EXPORT_UNKNOWN" });
});

test("somebody without the right gets none, and nobody gets another's", async () => {
  expect((await ask("engineer", "", wanted)).statusCode).toBe(403);
  const { id } = (await ask("analyst", "", wanted)).json();
  for (const path of [`/${id}`, `/${id}/file`])
    expect((await ask("dispatcher", path)).statusCode).toBe(404);
  expect((await ask("dispatcher", "")).json().items).toEqual([]);
});

test.each([
  [{ machineIds: ["nobody"] }, 404, "UNKNOWN_MACHINE", "machineIds"],
  [{ from: "yesterday" }, 400, "BAD_TIME_RANGE", "from"],
  [{ to: "2026-04-01T00:00:00Z" }, 400, "BAD_TIME_RANGE", "from"],
  [{ to: "8640000000000001" }, 400, "BAD_TIME_RANGE", "to"],
  [{ format: "xlsx" }, 400, "BAD_REQUEST", "format"],
  [{ signals: Array.from({ length: 201 }, (_, at) => `s${at}`) }, 413, "EXPORT_LIMIT", undefined],
])("%j is refused", async (change, status, code, where) => {
  const reply = await ask("analyst", "", { ...wanted, ...change });
  expect(reply.statusCode).toBe(status);
  expect(reply.json()).toMatchObject(where === undefined ? { code } : { code, where });
});
