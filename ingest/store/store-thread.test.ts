import { once } from "node:events";
import { silentLogger } from "@firebreak/kit/logger.ts";
import { expect, test } from "vitest";
import { startStoreThread } from "./store-thread.ts";

const program = `import { parentPort } from "node:worker_threads";
parentPort.on("message", () => process.exit(1));
parentPort.postMessage({ ready: true });`;
const file = new URL(`data:text/javascript,${encodeURIComponent(program)}`);

test("a thread of a store that has ended by itself can be closed", async () => {
  const thread = await startStoreThread(file, {}, silentLogger);
  const ended = once(thread.worker, "exit");
  await expect(thread.call("die")).rejects.toMatchObject({ code: "STORE_CLOSED" });
  await ended;
  expect(thread.isRunning).toBe(false);
  await thread.close();
});
