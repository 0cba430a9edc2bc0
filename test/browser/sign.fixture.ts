import type { Page } from "playwright-core";

/** The customer signs on the glass of the engineer's phone. */
export async function sign(page: Page): Promise<void> {
  const report = page.getByTestId("report");
  await report.locator("[name=confirmation][value=signature]").check();
  const pad = report.getByTestId("signature");
  await pad.scrollIntoViewIfNeeded();
  const box = await pad.boundingBox();
  if (!box) throw new TypeError("no pad to sign on");
  await page.mouse.move(box.x + 30, box.y + 40);
  await page.mouse.down();
  for (const x of [60, 100, 140]) await page.mouse.move(box.x + x, box.y + 30 + (x % 40));
  await page.mouse.up();
  await report.locator(".pad .strong").click();
  await report.getByTestId("signed").waitFor();
}
