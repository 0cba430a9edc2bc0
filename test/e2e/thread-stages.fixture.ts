import type { FollowUp } from "@firebreak/tickets/customers/follow-up.ts";
import type { Transfer } from "@firebreak/tickets/parts/transfers.ts";
import type { Ticket } from "@firebreak/tickets/ticket.ts";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { expect } from "vitest";
import { overflowOf, type View, Visitor } from "../browser/visitor.fixture.ts";
import { eventually } from "../product.fixture.ts";
import {
  type Caller,
  good,
  MINUTE_MS as minute,
  type ServiceHub,
} from "../scenarios/service-hub.fixture.ts";
import { sharedData } from "../shared-data.ts";
import {
  arriveAndBegin,
  assignOnBoard,
  callCustomer,
  logIn,
  repairAndReport,
  sensorRepair,
  wordsOf,
} from "./thread-steps.fixture.ts";
import {
  type Case,
  engineerId,
  home,
  machineOf,
  nameOfNearest,
  nearest,
  sensorPart,
  site,
  type startSms,
} from "./thread-world.fixture.ts";

export const faulty = sharedData("can/jd5055e_LeftSensorUnplugged-CheckEngine-1of3.log") ?? "";
export const healthy = sharedData("can/jd5055e_idling.log") ?? "";
export type Language = View["language"];

/** Everything a thread runs through. */
export interface Thread {
  readonly hub: ServiceHub;
  readonly admin: Caller;
  readonly browser: Browser;
  readonly sms: Awaited<ReturnType<typeof startSms>>;
  /** Of the engineer's phone. */
  readonly login: { readonly username: string; readonly password: string };
}

export const arrive = (
  { browser, hub }: Thread,
  view: View,
  role?: "dispatcher" | "parts_planner" | "hq_service",
) =>
  Visitor.arrive(browser, {
    url: hub.url,
    view,
    nowMs: hub.nowMs(),
    ...(role ? { headers: { authorization: `Bearer ${hub.token(role)}` } } : {}),
  });
export const done = async (visitor: Visitor, expected: RegExp = /^$/) => {
  expect(visitor.complaints().filter((one) => !expected.test(one))).toEqual([]);
  await visitor.leave();
};
export const until = ({ hub }: Thread, ticketId: string, state: Ticket["state"]) =>
  eventually(`${ticketId} to be ${state}`, async () => {
    const ticket = await hub.ticket(ticketId);
    return ticket.state === state && ticket;
  });
export const workOf = ({ hub }: Thread, language: Language, which: Case) =>
  eventually(`a ticket of ${machineOf(language, which)}`, async () => {
    const found = await hub.tickets(`machine=${machineOf(language, which)}&state=open`);
    return found.find(({ kind }) => kind !== "parts");
  });
export const stockAt = async ({ admin }: Thread, place: string) => {
  const { items } = good(await admin.get(`stock?part=${sensorPart}&location=${place}`));
  const [{ onHand = 0, reserved = 0 } = {}] = items;
  return { onHand, reserved };
};
/** The fault is found, its part kept at the nearest station that has one, and somebody sent: all on the board. */
export async function fromFaultToAssigned(
  thread: Thread,
  language: Language,
  which: Case,
): Promise<Ticket> {
  const { hub } = thread;
  const before = await stockAt(thread, nearest);
  await hub.replay(machineOf(language, which), faulty);
  const { ticketId, childIds, ...ticket } = await workOf(thread, language, which);
  expect(ticket).toMatchObject({ kind: "repair", state: "new", priority: "major" });
  const [line] = (await hub.ticket(childIds[0] ?? "")).parts;
  expect(line).toMatchObject({
    partNo: sensorPart,
    state: "reserved",
    reservation: { stationId: nearest },
    source: { kind: "region_station", isGreen: true, isRisk: false },
  });
  expect(await stockAt(thread, nearest)).toEqual({ ...before, reserved: before.reserved + 1 });

  const dispatcher = await arrive(thread, { language, width: 1920 }, "dispatcher");
  const board = await dispatcher.open("/board");
  await board.locator(`[data-row="${ticketId}"] .parts-chips .reserved`).waitFor();
  await dispatcher.show(board, `thread-${which}-board`);
  expect(await assignOnBoard(board, ticketId)).toBe(engineerId);
  const page = await dispatcher.open(`/tickets/${ticketId}`);
  const kept = page.locator(`[data-part="${sensorPart}"] [data-field=place]`);
  expect(await kept.textContent()).toContain(nameOfNearest[language]);
  await dispatcher.show(page, `thread-${which}-assigned`);
  await done(dispatcher);
  return until(thread, ticketId, "assigned");
}

export interface Phone {
  readonly engineer: Visitor;
  readonly page: Page;
  readonly context: BrowserContext;
  /** Time passes for the hub and for the phone. */
  pass(ms: number): Promise<void>;
}

/** The engineer's phone at the site, with the work order open and accepted. */
export async function accept(thread: Thread, ticketId: string, language: Language): Promise<Phone> {
  const { hub } = thread;
  const engineer = await arrive(thread, { language, width: 390 });
  const page = await engineer.open("/work");
  const context = page.context();
  await context.grantPermissions(["geolocation"]);
  await context.setGeolocation({ latitude: site.lat, longitude: site.lon });
  await logIn(page, thread.login.username, thread.login.password);
  await page.locator(`[data-row="${ticketId}"] a`).click();
  await page.getByTestId("accept").click();
  await page.getByTestId("depart").waitFor();
  const pass = async (ms: number) => {
    await hub.pass(ms);
    await context.clock.fastForward(ms);
  };
  return { engineer, page, context, pass };
}

/** The part is brought to the station whose engineer goes. */
export async function bringThePart(
  thread: Thread,
  { childIds: [child = ""] }: Ticket,
  language: Language,
  { pass }: Phone,
) {
  const { admin } = thread;
  const planner = await arrive(thread, { language, width: 1920 }, "parts_planner");
  const page = await planner.open("/transfers");
  const { items } = good(await admin.get("transfers?limit=100"));
  const { transferId } = items.find(({ ticketId }: Transfer) => ticketId === child);
  for (const step of ["pick", "send", "receive"]) {
    if (step === "receive") await pass(100 * minute);
    await page.locator(`[data-row="${transferId}"]`).getByTestId(`step-${step}`).click();
  }
  await until(thread, child, "ready");
  await planner.show(page, "thread-transfers");
  await done(planner);
  expect(await stockAt(thread, home)).toEqual({ onHand: 1, reserved: 1 });
}

/** Set out with a line, the rest without one, sent when there is one again. */
export async function workInTheField(
  thread: Thread,
  ticketId: string,
  language: Language,
  phone: Phone,
): Promise<void> {
  const { hub, admin } = thread;
  const { engineer, page, context, pass } = phone;
  await page.getByTestId("depart").click();
  await until(thread, ticketId, "en_route");
  expect(await stockAt(thread, home)).toEqual({ onHand: 0, reserved: 0 });

  await context.setOffline(true);
  const startedMs = performance.now();
  await pass(20 * minute);
  await arriveAndBegin(page);
  await pass(40 * minute);
  await engineer.show(page, "thread-field-at-work");
  await repairAndReport(page, sensorRepair(wordsOf[language]));
  await page.locator("[data-testid=field-state][data-tone=offline]").waitFor();
  await engineer.show(page, "thread-field-unsent");
  expect(await overflowOf(page)).toBe(0);
  expect((await hub.ticket(ticketId)).state).toBe("en_route");
  await pass(30 * minute);
  await context.setOffline(false);
  await page.locator("[data-testid=field-state][data-tone=sent]").waitFor();
  const [visit] = (await until(thread, ticketId, "verifying")).visitLog;
  const { arrivedAt = "" } = visit ?? {};
  // The hub heard of the arrival when the line was back, and believes the phone when it was. The phone's watch goes on
  // while the test works on it, the hub's does not.
  const workedMs = performance.now() - startedMs;
  const earlierMs = hub.nowMs() - 70 * minute - Date.parse(arrivedAt);
  expect(earlierMs).toBeGreaterThan(-minute);
  expect(earlierMs).toBeLessThan(minute + workedMs);
  const { items: reports } = good(await admin.get(`tickets/${ticketId}/service-reports`));
  expect(reports).toMatchObject([
    {
      state: "submitted",
      engineerId,
      content: {
        solution: wordsOf[language].solution,
        partsUsed: [{ partNo: sensorPart, quantity: 1 }],
        customerConfirmation: { mode: "signature" },
      },
    },
  ]);
  await engineer.show(page, "thread-field-sent");
  await done(engineer, /ERR_INTERNET_DISCONNECTED/);
}

/** The customer looks how far it is, rates it, and is called. */
export async function toTheEnd(
  thread: Thread,
  ticketId: string,
  language: Language,
): Promise<Ticket> {
  const { hub, admin, sms } = thread;
  const customer = await arrive(thread, { language, width: 390 });
  const progress = await customer.open(await sms.linkTo(language, "p"));
  expect(await progress.getByTestId("progress").getAttribute("data-value")).toBe(
    (await hub.ticket(ticketId)).stage,
  );
  await customer.show(progress, "thread-progress");
  const rating = await customer.open(await sms.linkTo(language, "rate"));
  await rating.locator("[name=npsScore][value='10']").check({ force: true });
  await rating.locator("[name=csat][value='5']").check({ force: true });
  await customer.show(rating, "thread-rating");
  await rating.locator("button.send").click();
  await rating.getByTestId("thanks").waitFor();
  await done(customer);

  await hub.pass(minute);
  const agent = await arrive(thread, { language, width: 1920 }, "dispatcher");
  const page = await agent.open("/follow-up");
  await callCustomer(page, ticketId, wordsOf[language].called);
  await agent.show(page, "thread-follow-up");
  await done(agent);
  const calls: FollowUp[] = good(await admin.get("follow-ups?mode=human")).items;
  expect(calls.find((one) => one.ticketId === ticketId)).toMatchObject({ outcome: "solved" });
  return until(thread, ticketId, "closed");
}
