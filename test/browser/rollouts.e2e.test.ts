import { createCredential } from "@firebreak/kit/credentials.ts";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Hub, startHub, temporaryFolder } from "../product.fixture.ts";
import { hasChromium, overflowOf, startChromium, type View, Visitor } from "./visitor.fixture.ts";

const views: View[] = [
  { language: "zh-CN", width: 390 },
  { language: "en", width: 390 },
  { language: "en", width: 1920 },
];

describe.skipIf(!hasChromium())("configuration of gateways", () => {
  let hub: Hub;
  let browser: Browser;
  beforeAll(async () => {
    const data = temporaryFolder("rollouts");
    for (const id of ["gw-1", "gw-2", "gw-3"]) await createCredential(data, id, [`M-${id}`]);
    hub = await startHub({ data, args: ["--no-simulator"] });
    browser = await startChromium();
  });
  afterAll(async () => {
    await browser?.close();
    await hub?.stop();
  });

  test.for(views)(
    "mistakes have line and column, a good text goes to canaries first, $language at $width px",
    async (view) => {
      const headers = { authorization: `Bearer ${hub.token}` };
      const visitor = await Visitor.arrive(browser, { url: hub.url, view, headers });
      const page = await visitor.open("/configurations");
      const form = page.getByTestId("rollout-new");
      await form.locator("summary").click();
      const title = `slower ${view.language} ${view.width}`;
      await form.locator("[name=title]").fill(title);
      await form.locator("[name=text]").fill("version: 1\nbatchAgeMs: 1\ngatewayId: other\n");
      await form.getByTestId("rollout-check").click();
      const mistakes = form.getByTestId("text-problems").locator("li");
      await mistakes.first().waitFor();
      expect(await mistakes.allTextContents()).toEqual([
        expect.stringMatching(/2\D+13.*batchAgeMs/),
        expect.stringMatching(/3\D+1.*gatewayId/),
      ]);
      await visitor.show(page, "rollout-mistakes");

      await form.locator("[name=text]").fill("version: 1\nbatchAgeMs: 5000\n");
      await form.getByTestId("rollout-start").click();
      const card = page.locator("section[data-rollout]").filter({ hasText: title });
      await card.getByTestId("rollout-gateways").click();
      const rows = card.getByTestId("rollout-targets").locator("tbody tr");
      await rows.nth(2).waitFor();
      expect(
        await rows.evaluateAll((all) => all.map((one) => one.getAttribute("data-state"))),
      ).toEqual(["waiting", "waiting", "waiting"]);
      expect(await overflowOf(page)).toBe(0);
      await visitor.show(page, "rollouts");
      await card.getByTestId("rollout-cancel").click();
      await page.locator('section[data-state="cancelled"]').filter({ hasText: title }).waitFor();
      expect(visitor.complaints()).toEqual([]);
      await visitor.leave();
    },
  );
});
