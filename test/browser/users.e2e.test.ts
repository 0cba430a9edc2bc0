import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Hub, startHub, temporaryFolder } from "../product.fixture.ts";
import { hasChromium, overflowOf, startChromium, type View, Visitor } from "./visitor.fixture.ts";

const views: View[] = [
  { language: "zh-CN", width: 390 },
  { language: "en", width: 1920 },
];

describe.skipIf(!hasChromium())("users", () => {
  let hub: Hub;
  let browser: Browser;
  beforeAll(async () => {
    hub = await startHub({ data: temporaryFolder("users"), args: ["--no-simulator"] });
    browser = await startChromium();
  });
  afterAll(async () => {
    await browser?.close();
    await hub?.stop();
  });

  const logIn = async (page: Page, username: string, password: string) => {
    await page.locator("[name=username]").fill(username);
    await page.locator("[name=password]").fill(password);
    await page.getByTestId("login").getByRole("button").first().click();
  };

  test.for(views)(
    "are added, log in, choose a password and are kept out, $language at $width px",
    async (view) => {
      const name = `e-${view.width}`;
      const passwordOf = async (username: string) => {
        const reply = await hub.post(`users/${username}/reset-password`, {});
        return ((await reply.json()) as { password: string }).password;
      };
      const admin = await Visitor.arrive(browser, { url: hub.url, view });
      const page = await admin.open("/users");
      await logIn(page, "admin", await passwordOf("admin"));

      await page.getByTestId("add-user").click();
      await page.locator("[data-testid=user-form] [name=username]").fill(name);
      await page.locator("[name=role]").selectOption("engineer");
      // Drawn anew, as it is with every answer that comes, the form keeps what was chosen.
      for (const language of ["en", "zh-CN", view.language])
        await page.locator(`[data-language="${language}"]`).click();
      await page.locator("[name=engineerId]").fill("E-17");
      await page.locator("[data-testid=user-form] button[type=submit]").click();
      const given = (await page.getByTestId("new-password").locator("b").textContent()) ?? "";
      const row = page.locator(`[data-row="${name}"]`);
      expect(await row.locator("[data-field=role]").getAttribute("data-value")).toBe("engineer");
      expect(await row.locator("[data-field=place]").textContent()).toContain("E-17");
      expect(await overflowOf(page)).toBe(0);
      await admin.show(page, "users");

      const engineer = await Visitor.arrive(browser, { url: hub.url, view });
      const own = await engineer.open("/account");
      await logIn(own, name, given);
      const chosen = `chosen by ${name}`;
      await own.locator("[name=current]").fill(given);
      for (const field of ["next", "again"]) await own.locator(`[name=${field}]`).fill(chosen);
      await own.locator("[data-testid=password-form] button[type=submit]").click();
      await own.getByTestId("password-changed").waitFor();
      expect(await own.locator('a[href="/users"]').count()).toBe(0);
      await engineer.show(own, "account");

      await row.getByTestId("switch").click();
      await page.locator(`[data-row="${name}"].faint`).waitFor();
      await own.reload();
      await logIn(own, name, chosen);
      await own.getByRole("alert").waitFor();
      expect(admin.complaints()).toEqual([]);
      await Promise.all([admin.leave(), engineer.leave()]);
    },
  );
});
