import { join } from "node:path";
import { openDatabase } from "@firebreak/kit/database.ts";
import { makeLink } from "@firebreak/tickets/customers/feedback-store.ts";
import type { Report } from "@firebreak/tickets/customers/report.ts";
import { jpegWithPlace } from "@firebreak/tickets/field/media.fixture.ts";
import type { Ticket } from "@firebreak/tickets/ticket.ts";
import { createTicketIds } from "@firebreak/tickets/ticket-ids.ts";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { eventually, type Hub, startHub, temporaryFolder } from "../product.fixture.ts";
import {
  choose,
  hasChromium,
  keptIn,
  overflowOf,
  startChromium,
  type View,
  Visitor,
} from "./visitor.fixture.ts";

const views: View[] = [
  { language: "zh-CN", width: 390 },
  { language: "en", width: 1920 },
];
/** A machine of the demonstration's organisation for each view. */
const machines = {
  390: { machineId: "PUMP-001", serialNumber: "FBPT56-2024-0031" },
  1920: { machineId: "PUMP-002", serialNumber: "FBPT56-2023-0107" },
} as const;

type Said = Readonly<Record<string, unknown>>;
interface KpiAnswer {
  readonly total: Said;
  readonly trend: { readonly key: string; readonly kpis: Said }[];
}
/** Where each tile's figure stands in the answer, unless it stands there under its own name. */
const placeOf: Readonly<Record<string, string>> = {
  "sla.response": "slaCompliance.response",
  "sla.arrival": "slaCompliance.arrival",
  "sla.resolution": "slaCompliance.resolution",
  responseMedian: "response.medianMs",
  responseP90: "response.p90Ms",
  arrivalMedian: "arrival.medianMs",
  arrivalP90: "arrival.p90Ms",
  partsCycleMedian: "partsCycle.medianMs",
};
const saidOf = (said: unknown, place: string): string =>
  String(place.split(".").reduce((at, name) => (at as Said | undefined)?.[name], said) ?? "");

describe.skipIf(!hasChromium())("customers", () => {
  let hub: Hub;
  let browser: Browser;
  beforeAll(async () => {
    hub = await startHub({ data: temporaryFolder("customers"), args: ["--no-simulator"] });
    browser = await startChromium();
  });
  afterAll(async () => {
    await browser?.close();
    await hub?.stop();
  });

  const order = async (ticketId: string, name: string, body: object = {}) => {
    const reply = await hub.post(`tickets/${ticketId}/${name}`, body);
    if (!reply.ok) throw new Error(`${name}: ${await reply.text()}`);
  };
  /** The code that an invitation brings; no list shows it. */
  const ratingCode = async (ticketId: string): Promise<string> => {
    const db = openDatabase({ path: join(hub.data, "firebreak.sqlite") });
    const nowMs = Date.now();
    const work = {
      actor: { kind: "system", id: "test" },
      nowMs,
      at: new Date(nowMs).toISOString(),
      ids: createTicketIds(Date.now),
    } as const;
    try {
      const of = { subject: ticketId, ticketId, source: "micro" } as const;
      return (await db.transaction((tx) => makeLink({ ...work, tx }, of))) ?? "";
    } finally {
      await db.close();
    }
  };
  const stageShown = (page: Page) => page.getByTestId("progress").getAttribute("data-value");

  test.for(views)("report a fault, follow it and rate it, $language at $width px", async (view) => {
    const { machineId, serialNumber } = machines[view.width];
    const customer = await Visitor.arrive(browser, { url: hub.url, view });
    const page = await customer.open(`/r/${serialNumber}`);
    expect(await page.locator("[name=serialNumber]").inputValue()).toBe(serialNumber);
    const words = `Concrete comes out unevenly, seen at ${view.width}`;
    await page.locator("[name=symptom]").fill(words);
    await page.locator("[name=machineStopped][value=yes]").check();
    await page.locator("[name=name]").fill("王师傅");
    await page.locator("[name=phone]").fill("+86 138 0000 0000");
    await page
      .locator("input[name=photo]")
      .setInputFiles({ name: "leak.jpg", mimeType: "image/jpeg", buffer: jpegWithPlace });

    // The line breaks: what was typed outlives the page, and goes out once it is back.
    await page.route("**/api/v1/public/reports", (route) => route.abort("internetdisconnected"));
    await page.locator("button.send").click();
    await page.locator("[data-code=UNREACHABLE]").waitFor();
    expect(await overflowOf(page)).toBe(0);
    await customer.show(page, "report");
    customer.complaints();
    const photos = () => keptIn(page, "firebreak-report", "media");
    await eventually("the photo to be kept", async () => (await photos()) !== "[]");
    await page.unroute("**/api/v1/public/reports");
    await page.reload();
    expect(await page.locator("[name=symptom]").inputValue()).toBe(words);
    // The photo does, too: it is not chosen again.
    await page.locator("[data-testid=media] [data-state=waiting]").waitFor();
    await page.locator("button.send").click();
    const code = (await page.getByTestId("progress-code").textContent()) ?? "";
    await page.locator("[data-testid=media] [data-state=sent]").waitFor();
    await customer.show(page, "report-sent");
    // Once it is sent nothing of it stays behind.
    await page.reload();
    await page.getByTestId("report-form").waitFor();
    expect(await page.getByTestId("media").count()).toBe(0);

    const { items } = await hub.get<{ items: Report[] }>("reports?limit=100");
    const [report, ...others] = items.filter(({ symptom }) => symptom === words);
    expect(others).toEqual([]);
    expect(report).toMatchObject({ way: "qr", machineId, machineStopped: true });
    const ticketId = report?.ticketId ?? "";
    const ticket = () => hub.get<Ticket>(`tickets/${ticketId}`);
    expect((await ticket()).priority).toBe("emergency");
    const media = await hub.get<{ items: object[] }>(`tickets/${ticketId}/media`);
    expect(media.items).toHaveLength(1);

    const progress = await customer.open(`/p/${code}`);
    const follows = async (stage: string) => {
      await progress.reload();
      expect(await stageShown(progress)).toBe(stage);
      expect((await ticket()).stage).toBe(stage);
    };
    await follows("report");
    await order(ticketId, "acknowledge");
    await follows("diagnose");
    await order(ticketId, "assign", { engineerId: "E-001", reason: "knows the machine" });
    await follows("handle");
    const told = await hub.get<{ arrivalAt?: string; engineer?: string }>(
      `public/progress/${code}`,
    );
    for (const field of ["arrivalAt", "engineer"] as const)
      expect(await progress.locator(`[data-field=${field}]`).getAttribute("data-value")).toBe(
        told[field],
      );
    await customer.show(progress, "progress");
    await order(ticketId, "withdraw", { reason: "by telephone first" });
    await order(ticketId, "start-remote", { contact: "on the telephone" });
    await order(ticketId, "remote-fixed", { note: "told the operator how to bleed it" });
    await follows((await ticket()).stage);

    const rating = await customer.open(`/rate/${await ratingCode(ticketId)}`);
    await rating.getByTestId("straight-to-hq").waitFor();
    await choose(rating, "npsScore", "9");
    await choose(rating, "csat", "5");
    await choose(rating, "expectation", "above");
    await rating.locator(".in-detail summary").click();
    await choose(rating, "empathy", "4");
    await rating.locator("[name=comment]").fill("Quick help.");
    expect(await overflowOf(rating)).toBe(0);
    await customer.show(rating, "rate");
    await rating.locator("button.send").click();
    await rating.getByTestId("thanks").waitFor();
    const ratings = await hub.get<{ items: object[] }>(`feedback?ticketId=${ticketId}`);
    expect(ratings.items).toMatchObject([
      {
        npsScore: 9,
        csat: 5,
        expectation: "above",
        dimensions: { empathy: 4 },
        comment: "Quick help.",
      },
    ]);
    const over = await customer.open(`/p/${"A".repeat(22)}`);
    await over.getByTestId("link-over").waitFor();
    // Chromium reports the refusal of a code that opens nothing.
    expect(customer.complaints().filter((one) => !one.includes("404"))).toEqual([]);
    await customer.leave();
  });

  test.for(views)(
    "the figures are those of the interface, $language at $width px",
    async (view) => {
      const who = await Visitor.arrive(browser, {
        url: hub.url,
        view,
        headers: { authorization: `Bearer ${hub.token}` },
      });
      const page = await who.open("/account");
      const asked = page.waitForResponse((reply) => /kpis\?.*trendBy=month/.test(reply.url()));
      await page.goto(`${hub.url}/figures?days=30`);
      const { total, trend }: KpiAnswer = await (await asked).json();
      await page.locator("[data-testid=trend] tbody tr").first().waitFor();
      const shown = await page
        .locator("[data-testid=tiles] [data-figure]")
        .evaluateAll((tiles) =>
          tiles.map((tile) => [tile.getAttribute("data-figure"), tile.getAttribute("data-value")]),
        );
      expect(shown.length).toBeGreaterThan(20);
      for (const [name = "", value] of shown)
        expect([name, value]).toEqual([name, saidOf(total, placeOf[name ?? ""] ?? name ?? "")]);

      expect(Number(total.tickets)).toBeGreaterThan(0);
      expect(shown[0]?.[0]).toBe("nps");
      const months = await page
        .locator("[data-testid=trend] tbody tr")
        .evaluateAll((rows) =>
          rows.map((row) => [
            row.getAttribute("data-row"),
            row.querySelector("[data-field=tickets]")?.getAttribute("data-value"),
          ]),
        );
      expect(months).toEqual(trend.map(({ key, kpis }) => [key, String(kpis.tickets)]));
      // Groups have names, not numbers; they come after the figures.
      for (const region of ["trend", "compared", "staffing"]) {
        const heads = page.locator(`[data-testid=${region}] tbody th`);
        await eventually(`names in ${region}`, async () => {
          const texts = await heads.allTextContents();
          return texts.length > 0 && texts.every((text) => !/^[a-z0-9-]+$/.test(text));
        });
      }
      expect(await overflowOf(page)).toBe(0);
      await who.show(page, "figures");
      expect(who.complaints()).toEqual([]);
      await who.leave();
    },
  );
});
