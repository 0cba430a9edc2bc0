import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { LatestSignal } from "@firebreak/ingest/store/store.ts";
import { CodedError } from "@firebreak/kit/coded-error.ts";
import type { Plan } from "@firebreak/plans/plan-schema.ts";
import type { FastifyInstance } from "fastify";
import { createServer, type ServerOptions } from "../create-server.ts";
import type { ServerPorts } from "../ports.ts";
import { samplePlan, seededPorts } from "../seeded-ports.fixture.ts";
import { type AempScope, openAempClients } from "./client-files.ts";

/** Whose the first machines are: of two customers, one of them since yesterday. */
export const customerOf = (machineId: string): string => (machineId < "M-00004" ? "acme" : "other");

const files = (machineIds: readonly string[]) =>
  machineIds.map((machineId) => ({
    version: 1,
    file: {
      machineId,
      serialNumber: `SN ${machineId}`,
      model: "5055E",
      customerId: customerOf(machineId),
    },
  }));

export const planWith = (iso15143: NonNullable<Plan["iso15143"]>): Plan => ({
  ...samplePlan,
  iso15143,
});

/** A server over ports in memory whose machines have files, with clients kept in a folder of their own. */
export async function aempServer(
  machineCount: number,
  change: (ports: ServerPorts) => Partial<ServerPorts> = () => ({}),
  options: ServerOptions = {},
) {
  const { ports, machines, conditions, audit } = await seededPorts(machineCount);
  const clients = openAempClients(mkdtempSync(join(tmpdir(), "firebreak-aemp-")));
  const all = files([...machines.keys()]);
  const organisation = {
    ...ports.organisation,
    page: async (_kind: string, { where }: { where: Record<string, string> }) => ({
      items: all.filter(
        ({ file }) =>
          (where.customer_id ?? file.customerId) === file.customerId &&
          (where.serial_key ?? "") ===
            (where.serial_key === undefined ? "" : file.serialNumber.replace(" ", "")),
      ),
      next: null,
    }),
    get: async (_kind: string, id: string) => {
      const found = all.find(({ file }) => file.machineId === id);
      if (!found) throw new CodedError("ORGANISATION_UNKNOWN", "there is no such machine");
      return found;
    },
    owners: async (machineId: string) => [
      {
        customerId: "before",
        siteId: null,
        from: "2020-01-01T00:00:00Z",
        until: "2026-01-01T00:00:00Z",
      },
      {
        customerId: customerOf(machineId),
        siteId: null,
        from: "2026-01-01T00:00:00Z",
        until: null,
      },
    ],
  } as unknown as ServerPorts["organisation"];
  const base = { ...ports, organisation, aempClients: clients };
  const app = createServer({ ...base, ...change(base) }, options);
  const makeClient = (scope: AempScope) => {
    const { client, clientSecret } = clients.create({ name: "test", scope, createdBy: "admin" });
    return { clientId: client.clientId, clientSecret };
  };
  return { app, clients, machines, conditions, audit, makeClient };
}

export async function tokenFor(
  app: FastifyInstance,
  { clientId, clientSecret }: { readonly clientId: string; readonly clientSecret: string },
): Promise<string> {
  const reply = await app.inject({
    method: "POST",
    url: "/aemp/oauth/token",
    headers: { "content-type": "application/x-www-form-urlencoded" },
    payload: new URLSearchParams({
      grant_type: "client_credentials",
      client_id: clientId,
      client_secret: clientSecret,
    }).toString(),
  });
  return reply.json().access_token as string;
}

export const latestOf = (
  values: readonly (readonly [name: string, unit: string, value: number | null])[],
  t: string,
): LatestSignal[] =>
  values.map(([name, unit, value]) => ({
    name,
    unit,
    value,
    quality: value === null ? "error" : "good",
    t,
  }));
