import { expect, test } from "vitest";
import { endAll } from "./end-all.ts";

test("everything ends, last begun first, also behind one that fails; the first error is told", async () => {
  const ended: string[] = [];
  const endings = [
    () => void ended.push("lock"),
    () => Promise.reject(new Error("second")),
    async () => void ended.push("store"),
    () => {
      throw new Error("first");
    },
    () => void ended.push("feed"),
  ];
  await expect(endAll(endings)).rejects.toThrow("first");
  expect(ended).toEqual(["feed", "store", "lock"]);
  await endAll(endings);
  expect(ended).toHaveLength(3);
});
