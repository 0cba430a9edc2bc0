import type { FollowUp } from "@firebreak/tickets/customers/follow-up.ts";
import type { Transfer } from "@firebreak/tickets/parts/transfers.ts";
import type { Ticket } from "@firebreak/tickets/ticket.ts";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  hasChromium,
  overflowOf,
  startChromium,
  type View,
  Visitor,
} from "../browser/visitor.fixture.ts";
import { eventually } from "../product.fixture.ts";
import {
  type Caller,
  clockOf,
  fixed,
  goAndBegin,
  good,
  openServiceHub,
  type ServiceHub,
} from "../scenarios/service-hub.fixture.ts";
import { sharedData } from "../shared-data.ts";
import {
  arriveAndBegin,
  assignOnBoard,
  callCustomer,
  logIn,
  orderOnPage,
  repairAndReport,
  sensorRepair,
  wordsOf,
} from "./thread-steps.fixture.ts";
import {
  bringIn,
  type Case,
  customerOf,
  engineerId,
  home,
  machineOf,
  nameOfNearest,
  nearest,
  region,
  sensorPart,
  site,
  startSms,
} from "./thread-world.fixture.ts";

const minute = 60_000;
/** Monday, 09:00 in Kunming. */
const monday = "2026-03-02T01:00:00.000Z";
const faulty = sharedData("can/jd5055e_LeftSensorUnplugged-CheckEngine-1of3.log") ?? "";
const healthy = sharedData("can/jd5055e_idling.log") ?? "";
const languages = ["zh-CN", "en"] as const;
type Language = View["language"];

describe.skipIf(!hasChromium() || faulty === "" || healthy === "")("the service thread", () => {
  let hub: ServiceHub;
  let browser: Browser;
  let sms: Awaited<ReturnType<typeof startSms>>;
  let admin: Caller;
  let phone: { username: string; password: string };
  /** Repairs closed, and those of them that were fixed at the first visit. */
  const closed = { all: 0, firstTime: 0 };

  beforeAll(async () => {
    sms = await startSms();
    hub = await openServiceHub(monday, { channelsFile: sms.file });
    admin = hub.as("admin");
    await bringIn(admin);
    const user = { username: "km-1", role: "engineer", engineerId };
    phone = { ...user, ...good(await admin.post("users", user)) };
    browser = await startChromium();
  });
  afterAll(async () => {
    await browser?.close();
    await hub?.stop();
    await sms?.stop();
  });

  const arrive = (view: View, role?: "dispatcher" | "parts_planner" | "hq_service") =>
    Visitor.arrive(browser, {
      url: hub.url,
      view,
      nowMs: hub.nowMs(),
      ...(role ? { headers: { authorization: `Bearer ${hub.token(role)}` } } : {}),
    });
  const done = async (visitor: Visitor, expected: RegExp = /^$/) => {
    expect(visitor.complaints().filter((one) => !expected.test(one))).toEqual([]);
    await visitor.leave();
  };
  const until = (ticketId: string, state: Ticket["state"]) =>
    eventually(`${ticketId} to be ${state}`, async () => {
      const ticket = await hub.ticket(ticketId);
      return ticket.state === state && ticket;
    });
  const workOf = (language: Language, which: Case) =>
    eventually(`a ticket of ${machineOf(language, which)}`, async () => {
      const found = await hub.tickets(`machine=${machineOf(language, which)}&state=open`);
      return found.find(({ kind }) => kind !== "parts");
    });
  const stockAt = async (place: string) => {
    const { items } = good(await admin.get(`stock?part=${sensorPart}&location=${place}`));
    const [{ onHand = 0, reserved = 0 } = {}] = items;
    return { onHand, reserved };
  };
  const kpis = async () => {
    const span = "from=2026-03-01T00:00:00Z&to=2026-04-01T00:00:00Z";
    return good(await hub.as("hq_service").get(`kpis?${span}&region=${region}&kind=repair`)).total;
  };
  const firstTimeFixIs = async (rate: number) => {
    expect((await kpis()).firstTimeFixRate).toBeCloseTo(rate, 9);
  };

  /** The fault is found, its part kept at the nearest station that has one, and somebody sent: all on the board. */
  async function fromFaultToAssigned(language: Language, which: Case): Promise<Ticket> {
    const before = await stockAt(nearest);
    await hub.replay(machineOf(language, which), faulty);
    const { ticketId, childIds, ...ticket } = await workOf(language, which);
    expect(ticket).toMatchObject({ kind: "repair", state: "new", priority: "major" });
    const [line] = (await hub.ticket(childIds[0] ?? "")).parts;
    expect(line).toMatchObject({
      partNo: sensorPart,
      state: "reserved",
      reservation: { stationId: nearest },
      source: { kind: "region_station", isGreen: true, isRisk: false },
    });
    expect(await stockAt(nearest)).toEqual({ ...before, reserved: before.reserved + 1 });

    const dispatcher = await arrive({ language, width: 1920 }, "dispatcher");
    const board = await dispatcher.open("/board");
    await board.locator(`[data-row="${ticketId}"] .parts-chips .reserved`).waitFor();
    await dispatcher.show(board, `thread-${which}-board`);
    expect(await assignOnBoard(board, ticketId)).toBe(engineerId);
    const page = await dispatcher.open(`/tickets/${ticketId}`);
    const kept = page.locator(`[data-part="${sensorPart}"] [data-field=place]`);
    expect(await kept.textContent()).toContain(nameOfNearest[language]);
    await dispatcher.show(page, `thread-${which}-assigned`);
    await done(dispatcher);
    return until(ticketId, "assigned");
  }

  interface Phone {
    readonly engineer: Visitor;
    readonly page: Page;
    readonly context: BrowserContext;
    /** Time passes for the hub and for the phone. */
    pass(ms: number): Promise<void>;
  }

  /** The engineer's phone at the site, with the work order open and accepted. */
  async function accept(ticketId: string, language: Language): Promise<Phone> {
    const engineer = await arrive({ language, width: 390 });
    const page = await engineer.open("/work");
    const context = page.context();
    await context.grantPermissions(["geolocation"]);
    await context.setGeolocation({ latitude: site.lat, longitude: site.lon });
    await logIn(page, phone.username, phone.password);
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
  async function bringThePart(
    { childIds: [child = ""] }: Ticket,
    language: Language,
    { pass }: Phone,
  ) {
    const planner = await arrive({ language, width: 1920 }, "parts_planner");
    const page = await planner.open("/transfers");
    const { items } = good(await admin.get("transfers?limit=100"));
    const { transferId } = items.find(({ ticketId }: Transfer) => ticketId === child);
    for (const step of ["pick", "send", "receive"]) {
      if (step === "receive") await pass(100 * minute);
      await page.locator(`[data-row="${transferId}"]`).getByTestId(`step-${step}`).click();
    }
    await until(child, "ready");
    await planner.show(page, "thread-transfers");
    await done(planner);
    expect(await stockAt(home)).toEqual({ onHand: 1, reserved: 1 });
  }

  /** Set out with a line, the rest without one, sent when there is one again. */
  async function workInTheField(ticketId: string, language: Language, phone: Phone): Promise<void> {
    const { engineer, page, context, pass } = phone;
    await page.getByTestId("depart").click();
    await until(ticketId, "en_route");
    expect(await stockAt(home)).toEqual({ onHand: 0, reserved: 0 });

    await context.setOffline(true);
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
    const [visit] = (await until(ticketId, "verifying")).visitLog;
    const { arrivedAt = "" } = visit ?? {};
    // The hub heard of the arrival when the line was back, and believes the phone when it was.
    expect(Math.abs(hub.nowMs() - 70 * minute - Date.parse(arrivedAt))).toBeLessThan(minute);
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
  async function toTheEnd(ticketId: string, language: Language): Promise<Ticket> {
    const customer = await arrive({ language, width: 390 });
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
    const agent = await arrive({ language, width: 1920 }, "dispatcher");
    const page = await agent.open("/follow-up");
    await callCustomer(page, ticketId, wordsOf[language].called);
    await agent.show(page, "thread-follow-up");
    await done(agent);
    const calls: FollowUp[] = good(await admin.get("follow-ups?mode=human")).items;
    expect(calls.find((one) => one.ticketId === ticketId)).toMatchObject({ outcome: "solved" });
    return until(ticketId, "closed");
  }

  const shownOn = async (page: Page, testid: string) => page.getByTestId(testid).textContent();

  test.for(languages)("fault, part, field, proof, rating, closed (%s)", async (language) => {
    const machineId = machineOf(language, "fault");
    const before = await stockAt(nearest);
    const assigned = await fromFaultToAssigned(language, "fault");
    const { ticketId } = assigned;
    const engineersPhone = await accept(ticketId, language);
    await bringThePart(assigned, language, engineersPhone);
    await workInTheField(ticketId, language, engineersPhone);

    // Half a minute proves nothing; what follows does.
    await hub.pass(5 * minute);
    const first = await hub.replay(machineId, healthy, { repeat: 3 });
    const { finishedAt = "" } = await hub.ticket(ticketId);
    expect(Date.parse(first.firstStamp)).toBeGreaterThan(Date.parse(finishedAt));
    const watcher = await arrive({ language, width: 1920 }, "dispatcher");
    const page = await watcher.open(`/tickets/${ticketId}`);
    const proof = () => admin.get(`tickets/${ticketId}/verification`).then(good);
    const half = await eventually("half of the proof", async () => {
      const { operatingSeconds } = await proof();
      return operatingSeconds > 30 && operatingSeconds;
    });
    expect(half).toBeLessThan(60);
    expect((await hub.ticket(ticketId)).state).toBe("verifying");
    const seconds = page.getByTestId("proof").locator("[data-field=operatingSeconds]");
    await page.reload();
    await seconds.waitFor();
    expect(Number(await seconds.getAttribute("data-value"))).toBe(half);
    await watcher.show(page, "thread-proving");
    await hub.pass(5 * minute);
    await hub.replay(machineId, healthy, { repeat: 3 });
    const verified = await until(ticketId, "follow_up");
    expect(verified.verification).toMatchObject({ status: "passed" });
    await page.locator("[data-testid=proof] [data-value=passed]").waitFor();
    await watcher.show(page, "thread-verified");
    await done(watcher);

    const ended = await toTheEnd(ticketId, language);
    expect(ended).toMatchObject({ outcome: "fixed", visits: 1, reopenCount: 0 });
    for (const kind of ["response", "arrival", "report_upload"])
      expect([kind, clockOf(ended, kind)?.status]).toEqual([kind, "met"]);
    const child = await hub.ticket(ended.childIds[0] ?? "");
    expect(child).toMatchObject({
      state: "closed",
      parts: [{ state: "consumed", usedQuantity: 1 }],
    });
    expect(await stockAt(nearest)).toEqual({ ...before, onHand: before.onHand - 1 });
    closed.all++;
    closed.firstTime++;
    await firstTimeFixIs(closed.firstTime / closed.all);
    expect(await kpis()).toMatchObject({ nps: 100, csat: 1, partsFillRate: 1 });
  });

  test.for(languages)(
    "a faulty machine after the repair: reopened, no first-time fix (%s)",
    async (language) => {
      const machineId = machineOf(language, "relapse");
      const { ticketId, ...assigned } = await fromFaultToAssigned(language, "relapse");
      const engineer = hub.as("engineer", { engineerId });
      const work = async () => {
        await engineer.order(ticketId, "accept");
        await goAndBegin(engineer, ticketId);
        await hub.pass(30 * minute);
        await engineer.order(ticketId, "finish", { attempts: [fixed], isMachineChecked: true });
        const { judgement: cause, solution, prevention: preventionAdvice } = wordsOf[language];
        const fault = { faultCode: "engine-oil-pressure-sensor", causeId: "plug-loose" };
        const report = {
          reportId: `${ticketId}-${hub.nowMs()}`,
          cause,
          solution,
          preventionAdvice,
        };
        await engineer.order(ticketId, "submit-report", { ...report, ...fault });
        await hub.pass(5 * minute);
      };
      await work();
      await hub.replay(machineId, faulty);
      const reopened = await eventually(`${ticketId} to be open again`, async () => {
        const ticket = await hub.ticket(ticketId);
        return ticket.reopenCount === 1 && ticket;
      });
      expect(reopened.visitLog).toMatchObject([{ outcome: "not_fixed" }]);
      expect(reopened.verification).toMatchObject({ status: "failed" });
      const dispatcher = await arrive({ language, width: 1920 }, "dispatcher");
      const page = await dispatcher.open(`/tickets/${ticketId}`);
      await page.getByTestId("visits").locator("[data-value=not_fixed]").waitFor();
      expect(await shownOn(page, "proof")).not.toContain("engine-oil-pressure-sensor");
      await dispatcher.show(page, "thread-reopened");
      const board = await dispatcher.open("/board?show=all");
      await board.locator(`[data-row="${ticketId}"]`).waitFor();
      await dispatcher.show(board, "thread-reopened-board");
      await done(dispatcher);

      if (reopened.state !== "assigned") await admin.order(ticketId, "assign");
      await work();
      await hub.pass(5 * minute);
      await hub.replay(machineId, healthy, { repeat: 6 });
      await until(ticketId, "follow_up");
      for (const childId of assigned.childIds)
        await admin.order(childId, "parts/cancel", { reason: wordsOf[language].notNeeded });
      await admin.order(ticketId, "follow-up-done", { note: wordsOf[language].called });
      expect(await until(ticketId, "closed")).toMatchObject({ visits: 2, outcome: "fixed" });
      closed.all++;
      await firstTimeFixIs(closed.firstTime / closed.all);
    },
  );

  test.for(languages)(
    "a report by telephone for a machine without a gateway (%s)",
    async (language) => {
      const words = wordsOf[language];
      const dispatcher = await arrive({ language, width: 1920 }, "dispatcher");
      const board = await dispatcher.open("/board");
      await board.getByTestId("phoned-in").click();
      const form = board.getByTestId("phoned-in-form");
      for (const [name, text] of [
        ["serialNumber", `SN-${machineOf(language, "phoned")}`],
        ["symptom", words.phoned],
        ["name", "马师傅"],
        ["phone", "+86 138 7100 0009"],
      ] as const)
        await form.locator(`[name=${name}]`).fill(text);
      await form.locator("button[type=submit]").click();
      const { ticketId, ...ticket } = await workOf(language, "phoned");
      expect(ticket).toMatchObject({
        trigger: "customer_report",
        channel: "hotline",
        customerId: customerOf(language),
      });
      expect(await assignOnBoard(board, ticketId)).toBe(engineerId);
      await dispatcher.show(board, "thread-phoned-board");

      const { engineer, page } = await accept(ticketId, language);
      await page.getByTestId("depart").click();
      await arriveAndBegin(page);
      await repairAndReport(page, {
        ...words,
        judgement: words.fuel,
        handling: words.filter,
        symptom: words.phoned,
        solution: words.filter,
      });
      await engineer.show(page, "thread-phoned-field");
      const verifying = await until(ticketId, "verifying");
      expect(verifying.verification).toMatchObject({ status: "inconclusive" });
      await done(engineer);

      const ticketPage = await dispatcher.open(`/tickets/${ticketId}`);
      await orderOnPage(ticketPage, "verification-confirmed", { detail: words.called });
      await until(ticketId, "follow_up");
      await orderOnPage(ticketPage, "follow-up-done", { note: words.called });
      const ended = await until(ticketId, "closed");
      await ticketPage.locator(".state.closed").first().waitFor();
      await dispatcher.show(ticketPage, "thread-phoned-closed");
      // The page asks whether what was typed is our own number of a machine.
      await done(dispatcher, /404 .*\/organisation\/machines\/SN-/);
      expect(ended).toMatchObject({ visits: 1, outcome: "fixed" });
      expect(clockOf(ended, "dispatch_confirmation")?.status).toBe("met");
      closed.all++;
      closed.firstTime++;
      await firstTimeFixIs(closed.firstTime / closed.all);
    },
  );
});
