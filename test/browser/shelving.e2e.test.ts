import { createServer } from "@firebreak/dashboards/server/create-server.ts";
import type { ServerPorts } from "@firebreak/dashboards/server/ports.ts";
import { seededPorts, tokenOf } from "@firebreak/dashboards/server/seeded-ports.fixture.ts";
import { ensureWebBuilt } from "@firebreak/dashboards/server/web-assets.ts";
import type { Language } from "@firebreak/dashboards/web/i18n/messages.ts";
import { CodedError } from "@firebreak/kit/coded-error.ts";
import { dtc, finding } from "@firebreak/tickets/tickets.fixture.ts";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { hasChromium, overflowOf, startChromium, type View, Visitor } from "./visitor.fixture.ts";

const views: View[] = [
  { language: "zh-CN", width: 390 },
  { language: "en", width: 1920 },
];
const hasTicket: Record<Language, string> = {
  "zh-CN": "其工单尚未结束",
  en: "Its ticket is open",
};
const machineId = "JD5055E-1";
const since = "2026-05-01T07:00:00.000Z";
const found = (ruleId: string, more: Partial<ReturnType<typeof finding>>) =>
  finding({
    ...{ machineId, ruleId, findingId: ruleId, since, subject: "" },
    ...{ failureMode: "engine-oil-pressure-sensor" },
    ...more,
  });

/** The hub's pages on a machine with findings of each sort; shelves and resets are kept in memory. */
async function startHub() {
  const { ports } = await seededPorts(1);
  type Shelf = Awaited<ReturnType<ServerPorts["shelving"]["list"]>>[number];
  const state = {
    findings: [
      found("oil-sensor", {}),
      found("unknown-code", {
        ...{ failureMode: "uncatalogued", subject: "SPN 9 FMI 1 SA 0" },
        evidence: [dtc({ redStop: "on" })],
      }),
      found("gone-back", { isLatched: true }),
      found("with-ticket", { isLatched: true }),
    ],
    shelves: [] as Shelf[],
    asked: [] as object[],
    /** Somebody else is faster: what is still listed is taken back already. */
    isTakenBack: false,
    isLampOn: false,
  };
  const shelving: ServerPorts["shelving"] = {
    list: async () => state.shelves,
    shelve: async (asked, actor) => {
      if (state.isLampOn) throw new CodedError("SHELF_STOP_LAMP", "the red stop lamp is on");
      state.asked.push(asked);
      const { ruleId, failureMode = "", subject = "", reason } = asked;
      const shelf = { shelfId: `S-${state.asked.length}`, ruleId, failureMode, subject, reason };
      const made = { ...shelf, by: actor.id, at: since, until: "2026-05-01T16:00:00.000Z" };
      state.shelves = [...state.shelves, made];
      return made;
    },
    unshelve: async (_machine, shelfId) => {
      if (state.isTakenBack) throw new CodedError("SHELF_UNKNOWN", shelfId);
      state.shelves = state.shelves.filter((one) => one.shelfId !== shelfId);
    },
    tick: async () => [],
  };
  const resets: ServerPorts["resets"] = {
    reset: async ({ ruleId }) => {
      if (ruleId === "with-ticket") throw new CodedError("FINDING_HAS_TICKET", "T-1");
      state.findings = state.findings.filter((one) => one.ruleId !== ruleId);
    },
  };
  const judge: ServerPorts["judge"] = {
    condition: () => {
      const { findings } = state;
      return { health: 60, activeCodes: [], activeFindings: findings.length, findings };
    },
  };
  const own = { ...ports, shelving, resets, judge };
  const app = createServer(own, { webFolder: await ensureWebBuilt() });
  const url = await app.listen({ host: "127.0.0.1", port: 0 });
  return { url, state, stop: () => app.close() };
}

describe.skipIf(!hasChromium())("findings on the machine's page", () => {
  let browser: Browser;
  let hub: Awaited<ReturnType<typeof startHub>>;
  beforeAll(async () => {
    browser = await startChromium();
  });
  afterAll(() => browser?.close());
  beforeEach(async () => {
    hub = await startHub();
  });
  afterEach(() => hub.stop());

  const card = (page: Page) => page.getByTestId("shelving");
  const line = (page: Page, ruleId: string) => card(page).locator(`[data-rule=${ruleId}]`);
  const says = (page: Page, text: string) =>
    card(page).getByRole("alert").getByText(text).waitFor();
  const arrive = async (view: View, role: "dispatcher" | "viewer") => {
    const headers = { authorization: `Bearer ${tokenOf(role)}` };
    const visitor = await Visitor.arrive(browser, { url: hub.url, view, headers });
    const page = await visitor.open(`/machines/${machineId}`);
    await line(page, "oil-sensor").waitFor();
    return { visitor, page };
  };

  test.for(views)(
    "are shelved, taken back and reset by their buttons, $language at $width px",
    async (view) => {
      const { visitor, page } = await arrive(view, "dispatcher");
      await visitor.show(page, "findings");
      expect(await overflowOf(page)).toBe(0);
      expect(await line(page, "unknown-code").getByTestId("shelve").count()).toBe(0);

      await line(page, "oil-sensor").getByTestId("shelve").click();
      const form = line(page, "oil-sensor").locator("form");
      await form.locator("[name=hours]").fill("4");
      await form.locator("[name=reason]").fill("gauge on order");
      await visitor.show(page, "findings-asking");
      expect(await overflowOf(page)).toBe(0);
      await form.locator("button[type=submit]").click();
      const shelf = card(page).locator("[data-shelf=S-1]");
      await shelf.getByText("gauge on order").waitFor();
      await line(page, "oil-sensor").getByTestId("shelve").waitFor({ state: "detached" });
      expect(hub.state.asked).toEqual([
        {
          ...{ machineId, ruleId: "oil-sensor", failureMode: "engine-oil-pressure-sensor" },
          ...{ subject: "", hours: 4, reason: "gauge on order" },
        },
      ]);
      await visitor.show(page, "findings-shelved");
      expect(await overflowOf(page)).toBe(0);

      await shelf.getByTestId("unshelve").click();
      await shelf.waitFor({ state: "detached" });
      await line(page, "oil-sensor").getByTestId("shelve").waitFor();

      await line(page, "with-ticket").getByTestId("reset").click();
      await says(page, hasTicket[view.language]);
      await visitor.show(page, "findings-refused");

      await line(page, "gone-back").getByTestId("reset").click();
      await line(page, "gone-back").waitFor({ state: "detached" });
      // Chromium reports every refusal.
      expect(visitor.complaints().filter((one) => !/ 409 /.test(one))).toEqual([]);
      await visitor.leave();
    },
  );

  test("what is refused says why, and whoever only looks has no buttons", async () => {
    const view = { language: "en", width: 1920 } as const;
    hub.state.shelves = [
      {
        ...{ shelfId: "S-9", ruleId: "oil-sensor", failureMode: "engine-oil-pressure-sensor" },
        ...{ subject: "", by: "user", reason: "gauge on order", at: since, until: since },
      },
    ];
    const { visitor, page } = await arrive(view, "dispatcher");
    const { visitor: reader, page: read } = await arrive(view, "viewer");
    await read.locator("[data-shelf=S-9]").waitFor();
    for (const button of ["shelve", "reset", "unshelve"])
      expect(await card(read).getByTestId(button).count()).toBe(0);
    hub.state.isTakenBack = true;
    await page.locator("[data-shelf=S-9]").getByTestId("unshelve").click();
    await says(page, "That is not shelved any more");
    hub.state.shelves = [];
    await page.locator("[data-shelf=S-9]").waitFor({ state: "detached" });

    // What is refused says why, and the reason need not be typed again.
    hub.state.isLampOn = true;
    await line(page, "oil-sensor").getByTestId("shelve").click();
    const form = line(page, "oil-sensor").locator("form");
    await form.locator("[name=reason]").fill("gauge on order");
    await form.locator("button[type=submit]").click();
    await says(page, "The red stop lamp is on");
    expect(await form.locator("[name=reason]").inputValue()).toBe("gauge on order");
    await visitor.leave();
    await reader.leave();
  });
});
