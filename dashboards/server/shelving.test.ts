import { CodedError } from "@firebreak/kit/coded-error.ts";
import { dtc, finding } from "@firebreak/tickets/tickets.fixture.ts";
import { expect, test } from "vitest";
import { createServer } from "./create-server.ts";
import type { ServerPorts } from "./ports.ts";
import { seededPorts, tokenOf } from "./seeded-ports.fixture.ts";

const shelf = {
  ...{ shelfId: "S-1", ruleId: "oil-low", failureMode: "oil-pressure-low", subject: "" },
  ...{ by: "user", reason: "gauge on order" },
  ...{ at: "2026-05-01T08:00:00.000Z", until: "2026-05-01T16:00:00.000Z" },
};
const shelving: ServerPorts["shelving"] = {
  list: async () => [shelf],
  shelve: async ({ ruleId }) => {
    if (ruleId === "brakes") throw new CodedError("SHELF_SAFETY", "safety-related");
    return shelf;
  },
  unshelve: async (_machine, shelfId) => {
    if (shelfId !== "S-1") throw new CodedError("SHELF_UNKNOWN", shelfId);
  },
  tick: async () => [],
};
const url = "/api/v1/machines/JD5055E-1/shelved";
const good = { ruleId: "oil-low", hours: 8, reason: "gauge on order" };

test("dispatchers shelve and end, others look, and what is out of bounds is refused", async () => {
  const { ports } = await seededPorts(1);
  const since = "2026-05-01T07:00:00.000Z";
  const name = shelf.failureMode;
  const title = { en: name, "zh-CN": name };
  const key = { ruleId: shelf.ruleId, failureMode: name, subject: "" };
  const of = { ...key, machineId: "JD5055E-1", since };
  const unknown = { ...key, failureMode: "uncatalogued", subject: "SPN 9 FMI 1 SA 0" };
  const red = finding({ ...of, ...unknown, evidence: [dtc({ redStop: "on" })] });
  const later = finding({ ...of, since: "2026-05-01T07:30:00.000Z" });
  const amber = { ...red, since: "2026-05-01T06:00:00.000Z", evidence: [dtc()] };
  const findings = [later, finding(of), red, amber];
  const judge = {
    condition: () => ({ health: 60, activeCodes: [], activeFindings: 4, findings }),
  };
  const app = createServer({ ...ports, shelving, judge });
  const ask = async (
    method: "GET" | "POST" | "DELETE",
    who: Parameters<typeof tokenOf>[0],
    at = url,
    payload?: object,
  ) => {
    const headers = { authorization: `Bearer ${tokenOf(who)}` };
    const reply = await app.inject({ method, url: at, headers, ...(payload ? { payload } : {}) });
    return [reply.statusCode, reply.body === "" ? "" : (reply.json().code ?? reply.json())];
  };
  try {
    expect(await ask("GET", "engineer")).toEqual([
      200,
      {
        items: [{ ...shelf, title }],
        active: [
          {
            findingId: "f-1",
            ...key,
            title,
            since,
            isSafety: false,
            isShelved: true,
            isLatched: false,
          },
          {
            ...{
              ...unknown,
              since: amber.since,
              isSafety: true,
              isShelved: false,
              isLatched: false,
            },
            findingId: amber.findingId,
            title: {
              en: "Unknown trouble code SPN 9 FMI 1 SA 0",
              "zh-CN": "未知故障码 SPN 9 FMI 1 SA 0",
            },
          },
        ],
      },
    ]);
    expect(await ask("POST", "dispatcher", url, good)).toEqual([201, shelf]);
    expect(await ask("POST", "engineer", url, good)).toEqual([403, "NOT_ALLOWED"]);
    for (const bad of [{ hours: 0.5 }, { hours: 73 }, { reason: "no" }, { more: 1 }])
      expect(await ask("POST", "dispatcher", url, { ...good, ...bad })).toEqual([
        400,
        "BAD_REQUEST",
      ]);
    const brakes = { ...good, ruleId: "brakes" };
    expect(await ask("POST", "dispatcher", url, brakes)).toEqual([409, "SHELF_SAFETY"]);
    const nowhere = "/api/v1/machines/nobody/shelved";
    expect(await ask("POST", "dispatcher", nowhere, good)).toEqual([404, "UNKNOWN_MACHINE"]);
    expect(await ask("DELETE", "engineer", `${url}/S-1`)).toEqual([403, "NOT_ALLOWED"]);
    expect(await ask("DELETE", "dispatcher", `${url}/S-1`)).toEqual([204, ""]);
    expect(await ask("DELETE", "dispatcher", `${url}/S-2`)).toEqual([404, "SHELF_UNKNOWN"]);
  } finally {
    await app.close();
  }
});

test("dispatchers reset what waits for a person, and hear why not where it does not", async () => {
  const { ports } = await seededPorts(1);
  const waiting = finding({ machineId: "JD5055E-1", findingId: "f-1", isLatched: true });
  const judge = {
    condition: () => ({ health: 60, activeCodes: [], activeFindings: 1, findings: [waiting] }),
  };
  const done: unknown[] = [];
  const resets: ServerPorts["resets"] = {
    reset: async (one, actor) => {
      if (done.length > 0) throw new CodedError("FINDING_HAS_TICKET", "T-1");
      done.push([one, actor.kind]);
    },
  };
  const app = createServer({ ...ports, resets, judge });
  const ask = async (who: Parameters<typeof tokenOf>[0], of: string) => {
    const headers = { authorization: `Bearer ${tokenOf(who)}` };
    const reply = await app.inject({
      method: "POST",
      url: `/api/v1/machines/${of}/reset`,
      headers,
    });
    return [reply.statusCode, reply.json().code ?? reply.json()];
  };
  try {
    expect(await ask("engineer", "JD5055E-1/findings/f-1")).toEqual([403, "NOT_ALLOWED"]);
    expect(await ask("dispatcher", "nobody/findings/f-1")).toEqual([404, "UNKNOWN_MACHINE"]);
    expect(await ask("dispatcher", "JD5055E-1/findings/f-2")).toEqual([404, "FINDING_UNKNOWN"]);
    expect(done).toEqual([]);
    const reset = () => ask("dispatcher", "JD5055E-1/findings/f-1");
    expect(await reset()).toEqual([202, { findingId: "f-1" }]);
    expect(done).toEqual([[waiting, "person"]]);
    expect(await reset()).toEqual([409, "FINDING_HAS_TICKET"]);
  } finally {
    await app.close();
  }
});
