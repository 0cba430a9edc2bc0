import { jpegWithPlace } from "@firebreak/tickets/field/media.fixture.ts";
import type { ServiceReport } from "@firebreak/tickets/field/service-report.ts";
import type { Ticket } from "@firebreak/tickets/ticket.ts";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { eventually, type Hub, startHub, temporaryFolder } from "../product.fixture.ts";
import { sign } from "./sign.fixture.ts";
import {
  hasChromium,
  keptIn,
  overflowOf,
  startChromium,
  type View,
  Visitor,
} from "./visitor.fixture.ts";

const views: View[] = [
  { language: "zh-CN", width: 390 },
  // The same steps with the other catalogue's words.
  ...(process.env.FIREBREAK_SOAK ? [{ language: "en", width: 390 } as const] : []),
];
/** One engineer and one machine of the demonstration's organisation for each language. */
const cases = {
  "zh-CN": {
    engineerId: "E-001",
    machineId: "PUMP-001",
    nearer: "E-002",
    offline: /^离线，\d+ 项操作/,
  },
  en: {
    engineerId: "E-002",
    machineId: "PUMP-002",
    nearer: "E-001",
    offline: /^Offline, \d+ steps? .*waiting$/,
  },
} as const;

describe.skipIf(!hasChromium())("work in the field", () => {
  let hub: Hub;
  let browser: Browser;
  beforeAll(async () => {
    hub = await startHub({ data: temporaryFolder("field-work"), args: ["--no-simulator"] });
    browser = await startChromium();
  });
  afterAll(async () => {
    await browser?.close();
    await hub?.stop();
  });

  const post = async <Answer>(path: string, body: object = {}) => {
    const reply = await hub.post(path, body);
    if (!reply.ok) throw new Error(`${path}: ${await reply.text()}`);
    return (await reply.json()) as Answer;
  };
  const openTicket = async (machineId: string, engineerId: string, title: string) => {
    const ticket = await post<Ticket>("tickets", { machineId, title, priority: "general" });
    await post(`tickets/${ticket.ticketId}/acknowledge`);
    await post(`tickets/${ticket.ticketId}/assign`, { engineerId, reason: "for the test" });
    return ticket.ticketId;
  };
  const ticketOf = (ticketId: string) => hub.get<Ticket>(`tickets/${ticketId}`);
  const logIn = async (page: Page, username: string, password: string) => {
    await page.locator("[name=username]").fill(username);
    await page.locator("[name=password]").fill(password);
    await page.getByTestId("login").getByRole("button").first().click();
  };
  const lineOf = (page: Page) => page.getByTestId("field-state");
  const toneIs = (page: Page, tone: string) =>
    page.locator(`[data-testid=field-state][data-tone=${tone}]`).waitFor();

  test.for(views)("goes on without a line and is sent once, $language", async (view) => {
    const { engineerId, machineId, nearer, offline } = cases[view.language];
    const username = `phone-${engineerId.toLowerCase()}`;
    const { password } = await post<{ password: string }>("users", {
      username,
      role: "engineer",
      engineerId,
    });
    const [ticketId, other] = [
      await openTicket(machineId, engineerId, `Pressure drops ${view.language}`),
      await openTicket(machineId, engineerId, `Boom creeps ${view.language}`),
    ];
    const engineer = await Visitor.arrive(browser, { url: hub.url, view });
    const first = await engineer.open("/work");
    const context: BrowserContext = first.context();
    await logIn(first, username, password);
    await first.locator(`[data-row="${ticketId}"]`).waitFor();
    expect(await first.locator("nav a").first().getAttribute("href")).toBe("/work");
    await first.getByTestId("opens-offline").waitFor();
    await toneIs(first, "sent");
    await engineer.show(first, "field-list");
    expect(engineer.complaints()).toEqual([]);

    // The line is cut, the tab closed, and the page opened cold.
    await context.setOffline(true);
    await first.close();
    const page = await engineer.open("/work");
    await page.locator(`[data-row="${ticketId}"] a`).click();
    await page.getByTestId("next").waitFor();
    await toneIs(page, "offline");
    await engineer.show(page, "field-assigned");
    await page.getByTestId("accept").click();
    await page.getByTestId("depart").click();
    await page.getByTestId("arrive").click();
    await page.locator("[data-testid=arrive-form] [name=reason]").fill("Machine stands before me");
    await page.locator("[data-testid=arrive-form] button[type=submit]").click();
    const ticks = page.locator("[name=safety]");
    await ticks.first().waitFor();
    for (const tick of await ticks.all()) await tick.check();
    await page
      .locator("[data-testid=photos-site] input")
      .setInputFiles({ name: "site.jpg", mimeType: "image/jpeg", buffer: jpegWithPlace });
    await page.locator("[data-state=waiting] img").waitFor();
    await engineer.show(page, "field-on-site");
    await page.getByTestId("start-work").click();

    const attempt = page.getByTestId("attempt-form");
    await attempt.locator("[name=judgement]").fill("Relief valve sticks");
    // Battery death: what was typed is there again.
    await eventually("the words are kept", async () => (await draftsOf(page)).includes("sticks"));
    await page.close();
    const again = await engineer.open(`/work/${ticketId}`);
    const form = again.getByTestId("attempt-form");
    await form.locator("[name=judgement]").waitFor();
    expect(await form.locator("[name=judgement]").inputValue()).toBe("Relief valve sticks");
    await form.locator("[name=handling]").fill("Cleaned and set");
    await form.locator("[name=result][value=fixed]").check();
    await form.locator("button[type=submit]").click();
    await again.getByTestId("finish").click();
    await again.locator("[data-testid=finish-form] [name=checked]").check();
    await again.locator("[data-testid=finish-form] button[type=submit]").click();
    await fillReport(again);
    await engineer.show(again, "field-report");
    await again.getByTestId("hand-in").click();
    await again.locator("[data-testid=report][data-state=handed-in]").waitFor();
    expect(await overflowOf(again)).toBe(0);
    expect(await smallTargets(again)).toEqual([]);
    expect(await lineOf(again).locator("b").textContent()).toMatch(offline);
    expect((await ticketOf(ticketId)).state).toBe("assigned");

    // Meanwhile another ticket goes to somebody else.
    await again.goto(`${hub.url}/work/${other}`);
    await again.getByTestId("accept").click();
    await again.getByTestId("depart").waitFor();
    await post(`tickets/${other}/withdraw`, { reason: "somebody nearer" });
    await post(`tickets/${other}/assign`, { engineerId: nearer, reason: "somebody nearer" });

    await context.setOffline(false);
    const state = await eventually("the ticket to be handed in", async () => {
      const { state } = await ticketOf(ticketId);
      return (state === "verifying" || state === "follow_up") && state;
    });
    expect(state).toBe("verifying");
    const { items: reports } = await hub.get<{ items: ServiceReport[] }>(
      `tickets/${ticketId}/service-reports`,
    );
    expect(reports).toHaveLength(1);
    const [report] = reports;
    expect(report).toMatchObject({ engineerId, state: "submitted" });
    expect(report?.content).toMatchObject({
      symptom: "Pressure drops under load",
      attempts: [
        { judgement: "Relief valve sticks", handling: "Cleaned and set", result: "fixed" },
      ],
      customerConfirmation: { mode: "signature" },
    });
    const media = await hub.get<{ items: { mediaId: string; purpose: string }[] }>(
      `tickets/${ticketId}/media`,
    );
    expect(media.items.map(({ purpose }) => purpose).sort()).toEqual(["signature", "site"]);
    const { timeline } = await hub.get<{ timeline: { type: string }[] }>(`tickets/${ticketId}`);
    const done = timeline.map(({ type }) => type);
    for (const type of ["departed", "arrived", "work-started", "finished", "report-submitted"])
      expect(done.filter((one) => one === type)).toEqual([type]);

    // The refused step says why, and kept nothing else from its turn.
    const refused = again.locator("[data-row=accept][data-status=refused]");
    await refused.waitFor();
    expect(await refused.textContent()).toContain(
      view.language === "en" ? "given to somebody else" : "改派他人",
    );
    await again.getByTestId("not-mine").waitFor();
    await engineer.show(again, "field-refused");
    await refused.getByTestId("take-out").click();
    await refused.waitFor({ state: "detached" });
    await toneIs(again, "sent");
    await again.goto(`${hub.url}/work/${ticketId}`);
    await again.locator("[data-row=hand-in-report][data-status=done]").waitFor();
    await engineer.show(again, "field-sent");
    await again.emulateMedia({ colorScheme: "dark" });
    await engineer.show(again, "field-night");
    const loud = engineer.complaints().filter((one) => !/ERR_INTERNET_DISCONNECTED/.test(one));
    expect(loud).toEqual([]);
    await engineer.leave();
  });

  test("a login that ran out loses nothing: it is asked again, and the steps go out", async () => {
    const view = { language: "en", width: 390 } as const;
    const { password } = await post<{ password: string }>("users", {
      username: "phone-login",
      role: "engineer",
      engineerId: "E-001",
    });
    const ticketId = await openTicket("PUMP-001", "E-001", "Belt squeals");
    const engineer = await Visitor.arrive(browser, { url: hub.url, view });
    const page = await engineer.open(`/work/${ticketId}`);
    await logIn(page, "phone-login", password);
    await page.getByTestId("accept").waitFor();
    await page.getByTestId("opens-offline").waitFor();
    await page.context().clearCookies();
    await page.getByTestId("accept").click();
    await page.getByTestId("login-gone").getByRole("button").click();
    await logIn(page, "phone-login", password);
    await toneIs(page, "sent");
    expect((await ticketOf(ticketId)).assignment?.acceptedAt).toBeDefined();
    await engineer.leave();
  });
});

const draftsOf = (page: Page): Promise<string> => keptIn(page, "firebreak-field", "drafts");

/** What can be touched in the page and is lower than 48 px; labels stand for the boxes in them. */
const smallTargets = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const touched = ".work a, .work button, .work select, .work textarea, .work input";
    return [...document.querySelectorAll<HTMLElement>(touched)]
      .map((one) => one.closest("label.tick, label.choice, label.big") ?? one)
      .filter((one) => one.getBoundingClientRect().height < 48)
      .map((one) => one.outerHTML.slice(0, 80));
  });

async function fillReport(page: Page): Promise<void> {
  const report = page.getByTestId("report");
  await report.locator("[name=symptom]").fill("Pressure drops under load");
  await report.locator("[name=solution]").fill("Relief valve cleaned and set to 35 MPa");
  await report.locator("[name=preventionAdvice]").fill("Change the hydraulic filter on time");
  await report.locator("[name=faultCode]").selectOption("uncatalogued");
  await report.locator("[name=machineStateNormal]").check();
  await sign(page);
  const survey = page.getByTestId("survey");
  await survey.locator("[name=workingTime]").fill("7:00 to 19:00");
  await survey.getByTestId("save-survey").click();
}
