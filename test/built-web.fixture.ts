import { ensureWebBuilt } from "@firebreak/dashboards/server/web-assets.ts";

/** Builds the pages once before all tests, so that no two hubs that are started at once do. */
export async function setup(): Promise<void> {
  await ensureWebBuilt();
}
