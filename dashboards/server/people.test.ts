import { afterAll, beforeAll, expect, test } from "vitest";
import { createServer } from "./create-server.ts";
import { seededPorts, tokenOf } from "./seeded-ports.fixture.ts";

let seeded: Awaited<ReturnType<typeof seededPorts>>;
let app: ReturnType<typeof createServer>;
beforeAll(async () => {
  seeded = await seededPorts();
  app = createServer(seeded.ports);
});
afterAll(() => app.close());

test.each([
  { role: "hq_service", personId: "P-1", status: 200 },
  { role: "admin", personId: "P-2", status: 404 },
  { role: "region_manager", personId: "P-1", status: 403 },
  { role: "engineer", personId: "P-1", status: 403 },
] as const)("$role asks to erase $personId: $status, and it is logged", async (asked) => {
  seeded.audit.lines.length = 0;
  const reply = await app.inject({
    method: "POST",
    url: `/api/v1/people/${asked.personId}/erase`,
    headers: { authorization: `Bearer ${tokenOf(asked.role)}` },
  });
  expect(reply.statusCode).toBe(asked.status);
  expect(seeded.audit.lines).toEqual([
    expect.objectContaining({
      actor: `token:${asked.role}`,
      action: "POST /api/v1/people/:personId/erase",
      subject: { kind: "person", id: asked.personId },
      facts: expect.objectContaining({ status: asked.status }),
    }),
  ]);
});
