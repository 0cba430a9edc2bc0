import type { ServiceReport } from "@firebreak/tickets/field/service-report.ts";
import type { Ticket } from "@firebreak/tickets/ticket.ts";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { eventually, type Hub, startHub, temporaryFolder } from "../product.fixture.ts";
import { hasChromium, overflowOf, startChromium, Visitor } from "./visitor.fixture.ts";

const view = { language: "en", width: 390 } as const;

describe.skipIf(!hasChromium())("what an engineer's phone holds", () => {
  let hub: Hub;
  let browser: Browser;
  beforeAll(async () => {
    hub = await startHub({ data: temporaryFolder("field-phone"), args: ["--no-simulator"] });
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
  const openTicket = async (title: string) => {
    const what = { machineId: "PUMP-001", title, priority: "general" };
    const { ticketId } = await post<Ticket>("tickets", what);
    await post(`tickets/${ticketId}/acknowledge`);
    await post(`tickets/${ticketId}/assign`, { engineerId: "E-001", reason: "for the test" });
    return ticketId;
  };
  /** An engineer who is logged in on a phone, with a page of it. */
  const arrive = async (username: string, path: string) => {
    const engineer = { username, role: "engineer", engineerId: "E-001" };
    const { password } = await post<{ password: string }>("users", engineer);
    const phone = await Visitor.arrive(browser, { url: hub.url, view });
    const page = await phone.open(path);
    await page.locator("[name=username]").fill(username);
    await page.locator("[name=password]").fill(password);
    await page.getByTestId("login").getByRole("button").first().click();
    await page.getByTestId("opens-offline").waitFor();
    return { phone, page };
  };

  test("whoever logs out without a line is told so, leaves no work order, and is logged out once there is one", async () => {
    const ticketId = await openTicket("Belt squeals");
    const { phone, page } = await arrive("phone-leaves", "/work");
    await page.locator(`[data-row="${ticketId}"]`).waitFor();
    const other = await phone.open(`/work/${ticketId}`);
    await other.getByTestId("accept").waitFor();
    const context = page.context();
    const isHeld = async () => (await rowsOf(page, "orders")).includes(ticketId);
    const isOpen = async () => (await context.cookies()).some(({ name }) => /session/.test(name));
    expect([await isHeld(), await isOpen()]).toEqual([true, true]);

    await context.setOffline(true);
    await page.getByTestId("log-out").click();
    const note = page.getByTestId("log-out-unheard");
    await note.waitFor();
    expect(await overflowOf(page)).toBe(0);
    await phone.show(page, "log-out-unheard");
    await other.getByTestId("login").waitFor();
    await eventually("the work orders to go", async () => !(await isHeld()));
    expect(await isOpen()).toBe(true);

    await context.setOffline(false);
    await note.waitFor({ state: "detached" });
    await eventually("the session to end", async () => !(await isOpen()));
    await page.reload();
    await page.getByTestId("login").waitFor();
    expect(await isHeld()).toBe(false);
    await phone.leave();
  });

  test("two tabs write one report, a database that was closed is opened anew, and words of closed tabs go out", async () => {
    const ticketId = await openTicket("Boom creeps");
    const work = [
      { type: "accept", body: {} },
      { type: "depart", body: {} },
      { type: "arrive", body: { reason: "for the test" } },
      { type: "start-work", body: { isSafetyChecked: true } },
    ];
    const commands = work.map((one) => ({ ...one, commandId: one.type, ticketId }));
    const { answers } = await post<{ answers: { status: string }[] }>("field/sync", { commands });
    expect(answers.map(({ status }) => status)).toEqual(work.map(() => "done"));
    const { phone, page } = await arrive("phone-writes", `/work/${ticketId}`);
    const wordsOf = (tab: Page, name: string) => tab.locator(`[data-testid=report] [name=${name}]`);
    await wordsOf(page, "symptom").waitFor();

    // As a browser does that wants its room back: every connection is closed behind the page.
    await page.evaluate(
      () =>
        new Promise((resolve) => {
          indexedDB.deleteDatabase("firebreak-field").addEventListener("success", resolve);
        }),
    );
    await page.getByTestId("field-state").getByRole("button").first().click();
    const isHeld = async () => (await rowsOf(page, "orders")).includes(ticketId);
    await eventually("the work order to be kept again", isHeld);

    const other = await phone.open(`/work/${ticketId}`);
    await wordsOf(other, "symptom").waitFor();
    await wordsOf(page, "symptom").fill("Boom sinks overnight");
    await expect.poll(() => wordsOf(other, "symptom").inputValue()).toBe("Boom sinks overnight");
    await wordsOf(other, "solution").fill("Seal of the lift cylinder changed");
    await expect
      .poll(() => wordsOf(page, "solution").inputValue())
      .toBe("Seal of the lift cylinder changed");
    await page.close();
    await other.goto("about:blank");

    const again = await phone.open(`/work/${ticketId}`);
    const reports = () =>
      hub.get<{ items: ServiceReport[] }>(`tickets/${ticketId}/service-reports`);
    await eventually("the draft to reach the hub", async () => {
      const [draft] = (await reports()).items;
      return draft?.content.solution !== undefined && draft.content.solution !== "";
    });
    expect((await reports()).items).toMatchObject([
      {
        state: "draft",
        content: { symptom: "Boom sinks overnight", solution: "Seal of the lift cylinder changed" },
      },
    ]);
    expect(await wordsOf(again, "symptom").inputValue()).toBe("Boom sinks overnight");
    await phone.leave();
  });
});

/** What lies in one store of the phone, as text; a database that is not there is not made by asking. */
const rowsOf = (page: Page, store: string): Promise<string> =>
  page.evaluate(async (name) => {
    const known = await indexedDB.databases();
    if (!known.some((one) => one.name === "firebreak-field")) return "[]";
    return new Promise<string>((resolve) => {
      const opened = indexedDB.open("firebreak-field");
      opened.addEventListener("success", () => {
        const all = opened.result.transaction(name).objectStore(name).getAll();
        all.addEventListener("success", () => {
          opened.result.close();
          resolve(JSON.stringify(all.result));
        });
      });
    });
  }, store);
