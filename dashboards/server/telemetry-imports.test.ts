import { readImport } from "@firebreak/ingest/imports/import-rows.ts";
import type { Role } from "@firebreak/kit/roles.ts";
import type { FastifyInstance } from "fastify";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { createServer } from "./create-server.ts";
import type { ServerPorts } from "./ports.ts";
import { seededPorts, tokenOf } from "./seeded-ports.fixture.ts";

type Request = Parameters<ServerPorts["imports"]["take"]>[0];

let app: FastifyInstance;
let seen: Request[];
let audit: Awaited<ReturnType<typeof seededPorts>>["audit"];
beforeAll(async () => {
  const seeded = await seededPorts();
  ({ audit } = seeded);
  /** Reads as the hub does; where it would go is not there. */
  const take = async (request: Request) => {
    seen.push(request);
    const rows = request.bytes.toString().split("\n");
    const table = rows.map((line) => line.split(","));
    const { faults, ...read } = await readImport(table, request.mapping, {
      nowNs: 1_800_000_000_000_000_000n,
      unitOf: () => "rpm",
      isMachine: () => true,
    });
    const state = request.mode === "import" ? ("done" as const) : ("preview" as const);
    const at = "2026-05-01T08:00:00.000Z";
    const about = { importId: "i-1", state, at, by: request.by, hash: "0" };
    const counts = { columns: read.columns, rows: read.rows, added: read.rows, alreadyThere: 0 };
    return { ...about, ...counts, stretches: [], faultCount: faults.length, faults };
  };
  const stretch = { from: "2026-05-01T08:00:00.000000000Z", to: "2026-05-01T09:00:00.000000000Z" };
  const mark = { importId: "i-1", at: "2026-05-02T00:00:00.000Z", by: "anna", samples: 2 };
  const of = (machineId: string) => [{ machineId, signal: "engineSpeed", ...stretch, ...mark }];
  app = createServer({ ...seeded.ports, imports: { take, of } });
});
beforeEach(() => {
  seen = [];
});
afterAll(() => app.close());

const csv = "when,speed\n2026-05-01 08:00:00,1500\n2026-05-01 09:00:00,x";
function send(role: Role, query: string) {
  const payload = `--b\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n${csv}\r\n--b--\r\n`;
  return app.inject({
    method: "POST",
    url: `/api/v1/telemetry-imports?${query}`,
    headers: {
      authorization: `Bearer ${tokenOf(role)}`,
      "content-type": "multipart/form-data; boundary=b",
    },
    payload,
  });
}
const query = "time=when&zone=%2B08:00&machineId=JD5055E-1&wide=speed%3DengineSpeed";

test("the query says which column holds what, and every mistake is told", async () => {
  const reply = await send("hq_service", `mode=preview&${query}`);
  expect(reply.statusCode).toBe(200);
  expect(reply.json()).toMatchObject({
    ...{ state: "preview", columns: ["when", "speed"], rows: 2, faultCount: 1 },
    faults: [{ row: 3, column: "speed", value: "x", code: "no-number", facts: {} }],
  });
  expect(seen[0]?.mapping).toEqual({
    ...{ time: "when", zone: "+08:00", machine: { id: "JD5055E-1" } },
    values: { wide: [{ column: "speed", signal: "engineSpeed" }] },
  });
});

test("an import leaves a line in the audit log", async () => {
  await send("hq_service", `mode=import&${query}`);
  expect(audit.lines).toContainEqual(
    expect.objectContaining({
      ...{ action: "telemetry.imported", actor: "token:hq_service" },
      subject: { kind: "import", id: "i-1" },
    }),
  );
});

test.each([
  ["mode=preview&time=t&wide=a%3Db", "machineId"],
  ["mode=preview&time=t&machineId=m&machine=x&wide=a%3Db", "machineId"],
  ["mode=preview&time=t&machineId=m", "wide"],
  ["mode=preview&time=t&machineId=m&value=v", "signalName"],
  ["mode=preview&machineId=m&value=v&signal=s", "time"],
])("%s is refused with what is missing", async (text, where) => {
  const reply = await send("hq_service", text);
  expect(reply.statusCode).toBe(400);
  expect(reply.json().where).toBe(where);
  expect(seen).toEqual([]);
});

test("somebody without the right imports nothing; whoever sees a machine sees what was imported", async () => {
  expect((await send("dispatcher", `mode=import&${query}`)).statusCode).toBe(403);
  expect(seen).toEqual([]);
  const headers = { authorization: `Bearer ${tokenOf("viewer")}` };
  const url = "/api/v1/machines/JD5055E-1/imports";
  const { items } = (await app.inject({ url, headers })).json();
  expect(items).toMatchObject([{ signal: "engineSpeed", by: "anna", samples: 2 }]);
});
