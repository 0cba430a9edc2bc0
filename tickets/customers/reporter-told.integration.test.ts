import { beforeEach, expect, test } from "vitest";
import { createErasureDesk } from "../audit/erasure-desk.ts";
import type { TargetConfig } from "../channels/channels-config.ts";
import { createPeopleDirectory } from "../channels/people-directory.ts";
import { planDeliveries } from "../channels/plan-deliveries.ts";
import { describeEachDatabase } from "../each-database.fixture.ts";
import { loadPeople } from "../organisation/people.ts";
import { type CustomerWorld, dispatcher, openCustomers, toFollowUp } from "./customers.fixture.ts";
import { reportersOf } from "./report-store.ts";

/** No file says whose machine this is, nor that there is one. */
const machineId = "UNKNOWN-OWNER-1";
const targets: TargetConfig[] = [
  {
    id: "sms",
    kind: "template",
    recipients: "person",
    url: "https://sms.example.com",
    audience: ["customer"],
  },
  {
    id: "mail",
    kind: "email",
    host: "mail.example.com",
    port: 587,
    security: "starttls",
    from: "service@example.com",
    audience: ["customer"],
  },
];

describeEachDatabase("customers without a customer file", (open) => {
  let world: CustomerWorld;
  beforeEach(async () => {
    world = await openCustomers(await open());
  });
  const directory = createPeopleDirectory({ staffOf: async () => [], reportersOf });
  /** Kind of notice, target and address of everything that goes to customers, in order. */
  const told = async () => {
    const lines: string[] = [];
    for (const notice of await world.notices()) {
      if (notice.audience.to !== "customer") continue;
      const people = await directory.recipientsOf(world.db, notice.audience);
      const plans = planDeliveries(notice, people, targets);
      for (const { targetId, recipientId } of plans) {
        const { phone, email } = (await directory.recipient(world.db, recipientId)) ?? {};
        lines.push(`${notice.kind} ${targetId === "sms" ? phone : email}`);
      }
    }
    return lines;
  };
  const reportBy = async (contact: { phone?: string; email?: string }, symptom: string) => {
    const { report } = await world.report({ contact, symptom }, undefined, machineId);
    return report;
  };
  const carryThrough = async (ticketId: string) => {
    for (const order of toFollowUp) {
      world.clock.advance(60_000);
      await world.order(ticketId, order);
    }
  };
  const kinds = [
    "report-received",
    "progress-code",
    "engineer-underway",
    "engineer-arrived",
    "work-finished",
    "rating-invited",
  ];

  test.each([
    ["telephone number", { phone: "13812345678" }],
    ["e-mail address", { email: "wang@example.com" }],
  ])(
    "are told of every step by the %s they gave, and of nothing once it is erased",
    async (_what, contact) => {
      const { ticketId = "", contactId = "" } = await reportBy(contact, "leaks");
      expect(await world.service.get(ticketId)).not.toHaveProperty("customerId");
      await carryThrough(ticketId);
      const [address] = Object.values(contact);
      expect(await told()).toEqual(kinds.map((kind) => `${kind} ${address}`));
      expect(JSON.stringify(await world.notices())).not.toContain(address);
      await createErasureDesk(world).erase(contactId, dispatcher);
      expect(await told()).toEqual([]);
      expect(await loadPeople(world.db, [contactId])).toEqual(new Map());
      expect(JSON.stringify(await world.service.get(ticketId))).not.toContain(address);
    },
  );

  test("a reporter whose ticket was taken in by another hears of that one", async () => {
    const first = await reportBy({ phone: "13812345678" }, "leaks");
    const second = await world.service.open({
      actor: dispatcher,
      commandId: "manual",
      wanted: { machineId, title: "Noise", kind: "repair" },
    });
    await world.order(second.ticketId, { type: "acknowledge" });
    await world.service.order({
      actor: dispatcher,
      role: "dispatcher",
      ticketId: first.ticketId ?? "",
      commandId: "merge",
      order: { type: "merge", into: second.ticketId },
    });
    world.clock.advance(60_000);
    await world.order(second.ticketId, {
      type: "assign",
      assignment: { engineerId: "E-001", score: 1, reasons: [] },
    });
    expect(await told()).toEqual(["report-received 13812345678", "progress-code 13812345678"]);
  });

  test("nobody is told of work that no customer asked for", async () => {
    const ticket = await world.service.open({
      actor: dispatcher,
      commandId: "manual",
      wanted: { machineId, title: "Noise", kind: "repair" },
    });
    await carryThrough(ticket.ticketId);
    expect(await told()).toEqual([]);
  });
});
