import { resolve } from "node:path";
import type { ListOf, Ticket } from "@firebreak/dashboards/web/types.ts";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { eventually } from "../product.fixture.ts";
import { type DemoFleet, startDemoFleet } from "./demo-fleet.fixture.ts";
import { startChromium } from "./visitor.fixture.ts";

/** Makes `docs/fleet.png` anew: the simulated fault as a ticket on a desk, and its curves on a phone. */
const picture = resolve(import.meta.dirname, "../../docs/fleet.png");
const machine = "PUMP-002";
const curves = ["accumulatorPressure", "sValveShiftTime"];

async function logIn(fleet: DemoFleet, browser: Browser, as: BrowserContextOptions): Promise<Page> {
  const context = await browser.newContext({ ...as, timezoneId: "Asia/Shanghai" });
  const page = await context.newPage();
  await page.goto(fleet.url);
  await page.locator("[name=username]").fill("admin");
  await page.locator("[name=password]").fill(fleet.adminPassword);
  await page.locator("[type=submit]").click();
  await page.getByTestId("fleet").waitFor();
  return page;
}

const asImage = (png: Buffer): string => `data:image/png;base64,${png.toString("base64")}`;

const composed = (desk: Buffer, phone: Buffer): string => `<style>
  body { margin: 0; width: 1400px; height: 720px; position: relative; }
  img { position: absolute; border: 1px solid #cfd6d2; }
  .desk { left: 8px; top: 8px; width: 1096px; border-radius: 10px; }
  .phone { right: 8px; bottom: 8px; width: 300px; border-radius: 22px; border: 6px solid #17302a; }
</style><img class="desk" src="${asImage(desk)}"><img class="phone" src="${asImage(phone)}">`;

const fleet = await startDemoFleet();
const browser = await startChromium();
try {
  const size = { width: 1280, height: 800 };
  const desk = await logIn(fleet, browser, {
    locale: "en-US",
    viewport: size,
    deviceScaleFactor: 2,
  });
  const phone = await logIn(fleet, browser, {
    locale: "zh-CN",
    viewport: { width: 390, height: 780 },
    deviceScaleFactor: 2,
  });
  await phone.locator(`[data-machine-id=${machine}] th a`).click();
  await phone.getByTestId("signals").locator("tbody tr").first().waitFor();
  const drawn = phone.getByTestId("signals").locator("input:checked");
  await drawn.first().waitFor();
  while ((await drawn.count()) > 0) await drawn.first().uncheck();
  for (const name of curves) await phone.locator(`[data-signal=${name}] input`).check();

  const ticket = await eventually(
    "the ticket",
    async () => {
      const { items } = await fleet.get<ListOf<Ticket>>("tickets?state=open");
      return items.find(({ kind }) => kind !== "parts");
    },
    240_000,
  );
  await desk.goto(`${fleet.url}/tickets/${ticket.ticketId}`);
  await desk.locator("[data-testid=parts] [data-field=place]").waitFor();
  await phone.getByTestId("new-ticket").getByRole("button").click();
  await phone.evaluate(() =>
    document.querySelector("[data-chart]")?.parentElement?.scrollIntoView({ block: "center" }),
  );

  const sheet = await browser.newPage({ viewport: { width: 1400, height: 720 } });
  await sheet.setContent(composed(await desk.screenshot(), await phone.screenshot()));
  await sheet.waitForLoadState("networkidle");
  await sheet.screenshot({ path: picture, omitBackground: true });
} finally {
  await browser.close();
  await fleet.stop();
}
