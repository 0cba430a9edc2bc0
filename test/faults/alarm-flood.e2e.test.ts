import { isDeepStrictEqual } from "node:util";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Receiver, startReceiver } from "../../tickets/channels/channels.fixture.ts";
import { channelsFile } from "../channels-file.fixture.ts";
import { activeCode, recordingOf, running } from "../constructed.fixture.ts";
import { clockFrom, deliverAll, playFleet } from "../fleet-gateway.fixture.ts";
import { type Mailbox, startMailbox } from "../mailbox.fixture.ts";
import { eventually, temporaryFolder } from "../product.fixture.ts";
import {
  good,
  MINUTE_MS,
  openServiceHub,
  type ServiceHub,
} from "../scenarios/service-hub.fixture.ts";
import { pause, report } from "../seeded.fixture.ts";
import { addDispatchers, deliveriesOf, dispatchers, everything } from "../staff.fixture.ts";

const machineCount = process.env.FIREBREAK_SOAK ? 200 : 20;
const sourceAddresses = [0, 3, 5, 6, 8];
const ticketCount = machineCount * sourceAddresses.length;
/** Of ISA-18.2, as the channels keep to it. */
const floodLimit = 10;

/** In the middle of a working day: what the calendar makes at midnight comes not in between. */
const startMs = Date.parse("2030-03-05T02:00:00.000Z");

let hub: ServiceHub;
let erp: Receiver;
let mailbox: Mailbox;
beforeEach(async () => {
  erp = await startReceiver();
  mailbox = await startMailbox();
});
afterEach(async () => {
  await hub.stop();
  await erp.stop();
  await mailbox.stop();
});

/** Five codes of five control units, all of them within ten seconds. */
const flood = (): string =>
  recordingOf("flood", 100, (tenth) => [
    ...(tenth % 5 === 0 ? [running] : []),
    ...sourceAddresses.flatMap((sa, index) =>
      tenth >= index * 12 && tenth % 10 === index ? [activeCode(4_000 + index, 2, sa)] : [],
    ),
  ]);

const openWork = async (): Promise<{ ticketId: string; kind: string }[]> => {
  const all = await everything<{ ticketId: string; kind: string }>(hub, "tickets?state=open");
  return all.filter(({ kind }) => kind !== "parts");
};

const sentMails = () => deliveriesOf(hub, "target=mail&state=sent");
const targets = async () => good(await hub.as("admin").get("channels/targets")).items;

/** Ten minutes pass in steps; how many messages went out in each. */
async function mailsOverTenMinutes(): Promise<number[]> {
  const counts: number[] = [];
  const step = async (minutes: number, isDone: () => Promise<boolean>) => {
    const before = mailbox.mails.length;
    await hub.pass(minutes * MINUTE_MS);
    // What is under way when the clock goes on counts as lost with its sender, and goes out again.
    await eventually(`what is due after ${minutes} min to be sent`, isDone);
    await pause(1_500); // the channels look once a second
    counts.push(mailbox.mails.length - before);
  };
  await step(0, async () => {
    const waiting = await targets();
    await pause(1_500);
    const isStill = isDeepStrictEqual(await targets(), waiting);
    return isStill && (await sentMails()).length === dispatchers.length * (floodLimit - 1);
  });
  await step(1, async () => {
    const digests = (await sentMails()).filter(({ notice }) => notice === undefined);
    return digests.length === dispatchers.length;
  });
  for (const minutes of [1, 7]) await step(minutes, async () => true);
  return counts;
}

async function expectOneFlood(): Promise<void> {
  const work = await eventually(
    "a ticket for every code of every machine",
    async () => {
      const found = await openWork();
      return found.length >= ticketCount && found;
    },
    120_000,
  );
  expect(work).toHaveLength(ticketCount);
  await eventually(
    "the system behind the webhook has heard of each",
    async () => erp.received.length >= ticketCount,
    120_000,
  );
  const told = erp.received.flatMap(({ body }) =>
    JSON.parse(body).notices.map((one: { ticketId: string }) => one.ticketId),
  );
  expect(told).toHaveLength(ticketCount);
  expect(new Set(told).size).toBe(ticketCount);

  const mailsPerStep = await mailsOverTenMinutes();
  for (const { email } of dispatchers)
    expect(mailbox.of(email).length).toBeLessThanOrEqual(floodLimit);
  // Work that the calendar makes at midnight is told too, and no part of the flood.
  const flooded = new Set(work.map(({ ticketId }) => ticketId));
  const sent = await sentMails();
  const digests = sent.filter(({ notice }) => notice === undefined);
  expect(digests).toHaveLength(dispatchers.length);
  for (const { deliveryId, recipientId } of digests) {
    const behind = await deliveriesOf(hub, `digest=${deliveryId}`);
    const alone = sent.filter((one) => one.recipientId === recipientId && one.notice);
    const heard = new Set([...behind, ...alone].map(({ notice }) => notice?.ticketId));
    expect([...flooded].filter((ticketId) => !heard.has(ticketId))).toEqual([]);
  }
  expect(await targets()).toMatchObject([
    { id: "erp", queuedCount: 0, deadCount: 0 },
    { id: "mail", queuedCount: 0, deadCount: 0 },
  ]);
  report("alarm-flood", {
    machines: machineCount,
    tickets: ticketCount,
    webhooks: erp.received.length,
    mailsPerPerson: dispatchers.map(({ email }) => mailbox.of(email).length),
    mailsPerStep,
  });
}

const fleet = () => {
  const file = flood();
  const ids = Array.from({ length: machineCount }, (_, index) => `FLOOD-${index}`);
  return new Map(ids.map((id) => [id, file]));
};

describe("an alarm flood", () => {
  test(`F4: ${machineCount} machines with 5 codes in 10 s: ten messages to a person at most, one of them a digest with all the others`, async () => {
    const clock = clockFrom(startMs);
    hub = await openServiceHub(startMs, {
      channelsFile: channelsFile({ erp: erp.url }, mailbox.port),
    });
    await addDispatchers(hub);
    await deliverAll(await playFleet({ data: hub.data, machines: fleet(), clock }));
    await expectOneFlood();
  });

  test("F4: the same when the server was down while they arose, and all come at once", async () => {
    const given = {
      data: temporaryFolder("flood"),
      channelsFile: channelsFile({ erp: erp.url }, mailbox.port),
    };
    const clock = clockFrom(startMs);
    hub = await openServiceHub(startMs, given);
    await addDispatchers(hub);
    await hub.stop();
    const gateway = await playFleet({ data: given.data, machines: fleet(), clock });
    await gateway.ended();
    hub = await openServiceHub(clock.nowMs(), given);
    await deliverAll(gateway);
    await expectOneFlood();
  });
});
