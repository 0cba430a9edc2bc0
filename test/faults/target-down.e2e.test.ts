import type { ServerResponse } from "node:http";
import type { Ticket } from "@firebreak/tickets/ticket.ts";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type Receiver, startReceiver } from "../../tickets/channels/channels.fixture.ts";
import { channelsFile } from "../channels-file.fixture.ts";
import { type Mailbox, startMailbox } from "../mailbox.fixture.ts";
import { eventually } from "../product.fixture.ts";
import {
  good,
  HOUR_MS,
  MINUTE_MS,
  openServiceHub,
  type ServiceHub,
} from "../scenarios/service-hub.fixture.ts";
import { pause, report } from "../seeded.fixture.ts";
import { addDispatchers, deliveriesOf } from "../staff.fixture.ts";

let hub: ServiceHub;
let other: Receiver;
let bad: Receiver;
let mailbox: Mailbox;
beforeEach(async () => {
  other = await startReceiver();
  bad = await startReceiver();
  mailbox = await startMailbox();
  const file = channelsFile({ bad: bad.url, good: other.url }, mailbox.port);
  hub = await openServiceHub("2026-03-02T00:00:00.000Z", { channelsFile: file });
  await addDispatchers(hub);
});
afterEach(async () => {
  await hub.stop();
  await other.stop();
  await bad.stop();
  await mailbox.stop();
});

/** What a receiver was told, each notice once, whatever it was sent again. */
const toldTo = ({ received }: Receiver): string[] => {
  const messages = new Map(received.map(({ body }) => [JSON.parse(body).id, JSON.parse(body)]));
  return [...messages.values()]
    .flatMap(({ notices }) => notices.map((one: object) => JSON.stringify(one)))
    .toSorted();
};
const targets = async (): Promise<
  Record<string, { state: string; deadCount: number; queuedCount: number; error: string | null }>
> => {
  const { items } = good(await hub.as("admin").get("channels/targets"));
  return Object.fromEntries(items.map((one: { id: string }) => [one.id, one]));
};
/** What stays untold goes with the bad one; only the good one is waited for. */
const settled = () =>
  eventually("the other target to have everything", async () => {
    const { good: up } = await targets();
    return up?.state === "up" && up.queuedCount === 0;
  });

test("F6: webhook and mail server down for 6 h, then answering 500, then hanging: others hear at once, nothing is lost, after 24 h it can be sent again", {
  timeout: 600_000,
}, async () => {
  const hq = hub.as("admin");
  const phases = [
    { hours: 6, answer: (response: ServerResponse) => response.destroy(), mail: "451 later" },
    {
      hours: 3,
      answer: (response: ServerResponse) => response.writeHead(500).end(),
      mail: "500 no",
    },
    { hours: 1, answer: () => undefined, mail: "451 later" },
  ];
  const perPhase: object[] = [];
  for (const { hours, answer, mail } of phases) {
    bad.answer = (_one, response) => void answer(response);
    mailbox.refuse = Object.assign(new Error(mail), { responseCode: Number(mail.slice(0, 3)) });
    const before = { tries: bad.received.length, heard: other.received.length };
    for (let hour = 0; hour < hours; hour++) {
      const title = `Leak ${perPhase.length}-${hour}`;
      const { ticketId }: Ticket = good(
        await hq.post("tickets", {
          machineId: `PUMP-00${1 + (hour % 3)}`,
          title,
          priority: "major",
        }),
      );
      await eventually(`the other target to hear of ${ticketId} at once`, async () =>
        other.received.some(({ body }) => body.includes(ticketId)),
      );
      await pause(1_100); // the channels look once a second
      await hub.pass(HOUR_MS);
    }
    perPhase.push({
      tries: bad.received.length - before.tries,
      heardByOther: other.received.length - before.heard,
    });
  }
  await settled();
  // Backing off: each hour brings a few tries, not one for every message that waits.
  expect(bad.received.length).toBeLessThan(10 * 6);
  expect(mailbox.mails).toEqual([]);
  await eventually("the hanging target to count as down", async () => {
    const { bad: down } = await targets();
    return down?.state === "down" && /^TARGET_TIMEOUT/.test(down.error ?? "");
  });
  expect(await targets()).toMatchObject({
    bad: { state: "down", deadCount: 0 },
    mail: { deadCount: 0 },
  });

  bad.answer = (_one, response) => void response.writeHead(503).end();
  for (let step = 0; step < 6; step++) {
    await hub.pass(3 * HOUR_MS);
    await pause(1_500);
  }
  const dead = await eventually("what is older than 24 h to be dead", async () => {
    const found = await deliveriesOf(hub, "target=bad&state=dead");
    return found.length > 0 && found;
  });
  const deadMails = await eventually("mails that are, too", async () => {
    const found = await deliveriesOf(hub, "target=mail&state=dead");
    return found.length > 0 && found;
  });

  bad.answer = (_one, response) => void response.end();
  mailbox.refuse = undefined;
  bad.received.length = 0;
  for (const target of ["bad", "mail"]) good(await hq.post(`channels/targets/${target}/resend`));
  await eventually(
    "everything to be delivered in the end",
    async () => {
      await hub.pass(16 * MINUTE_MS);
      await pause(1_100);
      return (await deliveriesOf(hub, "state=undelivered")).length === 0;
    },
    180_000,
  );
  expect(toldTo(bad)).toEqual(toldTo(other));
  expect(await targets()).toMatchObject({
    bad: { state: "up", queuedCount: 0, deadCount: 0 },
    good: { state: "up", queuedCount: 0, deadCount: 0 },
    mail: { state: "up", queuedCount: 0, deadCount: 0 },
  });
  report("target-down", {
    perPhase,
    dead: { bad: dead.length, mail: deadMails.length },
    told: toldTo(bad).length,
    mails: mailbox.mails.length,
  });
});
