import { expect, test } from "vitest";
import { createAdapterReplies } from "./adapter-replies.ts";

test("a first reply that comes late is not taken for the answer to the next command", async () => {
  const replies = createAdapterReplies();
  setTimeout(() => replies.take("ok"), 150);
  await replies.quiet();
  setTimeout(() => replies.take("refused"), 5);
  expect(await replies.next()).toBe("refused");
});
