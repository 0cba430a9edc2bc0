import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Ticket } from "@firebreak/tickets/ticket.ts";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { startReceiver } from "../../tickets/channels/channels.fixture.ts";
import { eventually, temporaryFolder } from "../product.fixture.ts";
import {
  type Answer,
  clockOf,
  fixed,
  goAndBegin,
  good,
  MINUTE_MS,
  openServiceHub,
  reportText,
  type ServiceHub,
} from "./service-hub.fixture.ts";

/** Ten seconds of a running engine with 40 kPa of oil pressure, as `candump -L` writes it. */
function lowOilPressure(): string {
  const folder = temporaryFolder("constructed");
  mkdirSync(folder, { recursive: true });
  const lines = Array.from({ length: 100 }, (_, tenth) => {
    const at = (tenth / 10).toFixed(6).padStart(17, "0");
    return [`(${at}) can0 0CF00400#F0FFA1001900FFFF`, `(${at}) can0 18FEEF00#FFFFFF0AFFFFFFFF`];
  });
  const file = join(folder, "low-oil-pressure.log");
  writeFileSync(file, `${lines.flat().join("\n")}\n`);
  return file;
}

let hub: ServiceHub;
afterEach(() => hub.stop());

describe("what customers report, over MQTT and HTTP", () => {
  const machineId = "LOADER-001";
  const told = {
    serialNumber: "fblt 2024 0210",
    symptom: "机油压力低于限值，已停机",
    machineStopped: true,
    contact: { name: "赵师傅", phone: "13800001234" },
  };

  test("AS-12: a report by serial number joins the open anomaly ticket, resets no clock, is dispatched within 30 min, and its code shows how far it is and nothing else", async () => {
    // What a machine sends is of now.
    hub = await openServiceHub(Date.now());
    const hq = hub.as("admin");
    await hub.replay(machineId, lowOilPressure());
    const open = async () => hub.tickets(`machine=${machineId}&state=open&kind=work`);
    const [anomaly] = await eventually("the anomaly's ticket", async () => {
      const found = await open();
      return found.length > 0 && found;
    });
    if (!anomaly) throw new Error("no ticket");
    expect(anomaly).toMatchObject({ trigger: "anomaly", kind: "repair", state: "new" });
    const promised = (await hub.ticket(anomaly.ticketId)).sla;

    await hub.pass(4 * MINUTE_MS);
    const anybody = hub.as("anybody");
    const taken = await anybody.post("public/reports", told);
    expect([taken.status, Object.keys(taken.body)]).toEqual([202, ["progressCode"]]);
    const joined = await hub.ticket(anomaly.ticketId);
    expect((await open()).map(({ ticketId }) => ticketId)).toEqual([anomaly.ticketId]);
    expect(joined.customerReported).toBe(true);
    expect(joined.sla.filter(({ kind }) => kind !== "dispatch_confirmation")).toEqual(promised);
    const reportedAtMs = hub.nowMs();
    expect(clockOf(joined, "dispatch_confirmation")).toMatchObject({
      status: "running",
      startedAt: new Date(reportedAtMs).toISOString(),
      dueAt: new Date(reportedAtMs + 30 * MINUTE_MS).toISOString(),
    });

    const progress = `public/progress/${taken.body.progressCode}`;
    const before = good(await anybody.get(progress));
    expect(before).toEqual({ stage: "report", since: expect.any(String) });
    await hub.pass(5 * MINUTE_MS);
    await hq.order(anomaly.ticketId, "acknowledge");
    const sent = await hq.order(anomaly.ticketId, "assign");
    expect(clockOf(sent, "dispatch_confirmation")?.status).toBe("met");
    const after = good(await anybody.get(progress));
    expect(after).toEqual({
      stage: "handle",
      since: expect.any(String),
      arrivalAt: sent.assignment?.arrivalEstimateAt,
      engineer: expect.any(String),
    });
    const { person } = good(await hq.get(`organisation/engineers/${sent.assignment?.engineerId}`));
    expect(person.name).not.toBe(after.engineer);
    expect(person.name.endsWith(after.engineer)).toBe(true);

    // The code opens this page and no other, and a guess opens none.
    const code = taken.body.progressCode;
    const others: Answer[] = await Promise.all([
      anybody.get(`tickets/${anomaly.ticketId}`),
      anybody.get(`tickets/${code}`),
      anybody.get(`public/ratings/${code}`),
      anybody.get(`public/progress/${anomaly.ticketId}`),
      anybody.get(`public/progress/${"A".repeat(code.length)}`),
    ]);
    expect(others.map(({ status }) => status)).toEqual([401, 401, 404, 404, 404]);
    // A number that nobody knows is answered alike.
    const unknown = await anybody.post("public/reports", { ...told, serialNumber: "XX-1" });
    expect([unknown.status, Object.keys(unknown.body)]).toEqual([202, ["progressCode"]]);
    expect(unknown.body.progressCode).toHaveLength(code.length);
  });
});

describe("ratings, over HTTP", () => {
  let receiver: Awaited<ReturnType<typeof startReceiver>>;
  beforeEach(async () => {
    receiver = await startReceiver();
    const file = join(temporaryFolder("channels"), "channels.yaml");
    const sms = `{ id: sms, kind: template, recipients: person, audience: [customer], url: "${receiver.url}", body: { to: "{{phone}}", text: "{{title}} {{link}}" } }`;
    writeFileSync(
      file,
      `version: 1\nsite: https://service.example.com\nallowAddresses: [127.0.0.1]\ntargets:\n  - ${sms}\n`,
    );
    hub = await openServiceHub("2026-03-02T00:00:00.000Z", { channelsFile: file });
  });
  afterEach(() => receiver.stop());

  /** The link that went out to the customer. */
  const invited = () =>
    eventually("the customer is asked", async () =>
      receiver.received.map(({ body }) => /\/rate\/([\w-]+)/.exec(body)?.[1]).find(Boolean),
    );

  test("AS-19: the engineer can neither write a rating nor read one before it is submitted; the customer's goes to headquarters", async () => {
    const hq = hub.as("admin");
    const wanted = { machineId: "PUMP-001", title: "No pressure", priority: "major" };
    const { ticketId }: Ticket = good(await hq.post("tickets", wanted));
    await hq.order(ticketId, "acknowledge");
    const { assignment } = await hq.order(ticketId, "assign");
    const engineer = hub.as("engineer", { engineerId: assignment?.engineerId });
    await engineer.order(ticketId, "accept");
    await goAndBegin(engineer, ticketId);
    await engineer.order(ticketId, "finish", { attempts: [fixed], isMachineChecked: true });
    await engineer.order(ticketId, "submit-report", { reportId: "R", ...reportText });
    const code = await invited();

    const praise = { npsScore: 10, csat: 5 };
    const tried = async () => {
      const answers = [
        await engineer.post(`tickets/${ticketId}/feedback`, { feedback: praise }),
        await engineer.get(`feedback?ticketId=${ticketId}`),
        await engineer.get("feedback"),
        await engineer.get("follow-ups"),
        // Where the link could be found.
        await engineer.get("channels/deliveries"),
      ];
      return answers.map(({ status }) => status);
    };
    const refused = [403, 403, 403, 403, 403];
    expect(await tried()).toEqual(refused);
    // Nothing that he may read shows the link, and his login does not open it.
    const seen = [await engineer.get(`tickets/${ticketId}`), await engineer.get("field/my-work")];
    for (const { status, body } of seen)
      expect([status, JSON.stringify(body).includes(code)]).toEqual([200, false]);
    expect((await engineer.post(`public/ratings/${ticketId}`, praise)).status).toBe(404);
    const none = { answers: 0, nps: null, csat: null };
    expect(good(await engineer.get("feedback/summary"))).toMatchObject(none);
    expect(good(await hq.get(`feedback?ticketId=${ticketId}`)).items).toEqual([]);

    const customers = { npsScore: 3, csat: 2, comment: "came late" };
    expect((await hub.as("anybody").post(`public/ratings/${code}`, customers)).status).toBe(204);
    expect(good(await hq.get(`feedback?ticketId=${ticketId}`)).items).toMatchObject([
      { ...customers, source: "micro", engineerId: assignment?.engineerId },
    ]);
    // One answer would say who said it; and what is said stays.
    expect(await tried()).toEqual(refused);
    const hidden = { answers: 1, nps: null, csat: null };
    expect(good(await engineer.get("feedback/summary"))).toMatchObject(hidden);
    expect((await hub.as("anybody").post(`public/ratings/${code}`, praise)).status).toBe(409);
  });
});
