import { Readable } from "node:stream";
import { CodedError } from "@firebreak/kit/coded-error.ts";
import { expect, test } from "vitest";
import { createServer } from "./create-server.ts";
import { seededPorts, tokenOf } from "./seeded-ports.fixture.ts";

const row = {
  id: 7,
  gatewayId: "gw",
  machineId: "JD5055E-1",
  name: "2026-01-01T00-00-00.000Z-spn-100-fmi-1.log.gz",
  sha256: "00".repeat(32),
  format: "candump",
  code: { network: 0, sa: 0, spn: 100, fmi: 1 },
  requestId: "",
  firstUs: 1_767_225_600_000_000,
  lastUs: 1_767_225_660_000_000,
  records: 2,
  plainBytes: 20,
  storedBytes: 10,
  state: "there",
  detail: "",
  damaged: 0,
  receivedBytes: 10,
} as const;

test("recordings are listed to all who see machines, asked for and downloaded by those who may, and each download is told", async () => {
  const seeded = await seededPorts();
  const asked: string[] = [];
  let isLost = false;
  const told: unknown[] = [];
  const ports = {
    ...seeded.ports,
    audit: {
      ...seeded.ports.audit,
      record: async (line: unknown) => void told.push(line),
    },
    captures: {
      list: () => [row],
      requests: () => [],
      request: (machineId: string, askedBy: string) => {
        asked.push(askedBy);
        return {
          id: "r",
          machineId,
          gatewayId: "gw",
          askedBy,
          askedMs: 0,
          state: "asked",
          detail: "",
        } as const;
      },
      find: (_machineId: string, id: number) => (id === 7 ? row : undefined),
      text: async () => {
        if (isLost) throw new CodedError("CAPTURE_LOST", "the file is no longer here");
        return Readable.from(["(1.0) can0 1#00\n"]);
      },
    },
  };
  const app = createServer(ports, {});
  const url = "/api/v1/machines/JD5055E-1/captures";
  const as = (role: Parameters<typeof tokenOf>[0]) => ({
    authorization: `Bearer ${tokenOf(role)}`,
  });
  const list = await app.inject({ url, headers: as("viewer") });
  expect(list.json()).toMatchObject({
    items: [{ id: 7, state: "there", requestId: null, first: "2026-01-01T00:00:00.000Z" }],
  });
  expect((await app.inject({ url, method: "POST", headers: as("viewer") })).statusCode).toBe(403);
  expect((await app.inject({ url: `${url}/7/text`, headers: as("viewer") })).statusCode).toBe(403);
  expect((await app.inject({ url, method: "POST", headers: as("engineer") })).statusCode).toBe(202);
  expect(asked).toEqual(["token:engineer"]);
  const file = await app.inject({ url: `${url}/7/text`, headers: as("engineer") });
  expect(file.body).toBe("(1.0) can0 1#00\n");
  expect(file.headers["content-disposition"]).toBe(
    'attachment; filename="JD5055E-1-2026-01-01T00-00-00.000Z-spn-100-fmi-1.log"',
  );
  expect(told).toContainEqual(
    expect.objectContaining({
      action: "capture.read",
      subject: { kind: "machine", id: "JD5055E-1" },
    }),
  );
  expect((await app.inject({ url: `${url}/8/text`, headers: as("engineer") })).statusCode).toBe(
    404,
  );
  isLost = true;
  const lost = await app.inject({ url: `${url}/7/text`, headers: as("engineer") });
  expect([lost.statusCode, lost.json().code]).toEqual([410, "CAPTURE_LOST"]);
  const none = { url: "/api/v1/machines/none/captures" };
  const { canRecord } = (await app.inject({ ...none, headers: as("viewer") })).json();
  expect(canRecord).toBe(false);
  expect(
    (await app.inject({ ...none, method: "POST", headers: as("hq_service") })).statusCode,
  ).toBe(404);
  await app.close();
});

test("of a machine that is read from another maker's server nobody can be asked for a recording", async () => {
  const { ports } = await seededPorts();
  const origin = { standard: "ISO 15143-3", sourceId: "acme", maker: "Acme" } as const;
  const get = async (machineId: string) => {
    const machine = await ports.machines.get(machineId);
    return machine && { ...machine, origin };
  };
  const app = createServer({ ...ports, machines: { ...ports.machines, get } }, {});
  const url = "/api/v1/machines/JD5055E-1/captures";
  const headers = { authorization: `Bearer ${tokenOf("engineer")}` };
  expect((await app.inject({ url, headers })).json()).toMatchObject({ canRecord: false });
  const asked = await app.inject({ url, method: "POST", headers });
  expect([asked.statusCode, asked.json().code]).toEqual([409, "CAPTURE_NO_GATEWAY"]);
  await app.close();
});
