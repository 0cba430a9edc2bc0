import { describe, expect, test } from "vitest";
import { transactionsOf } from "./idb.ts";

type Ends = "well" | "without a connection" | "lost on the way" | "full";

/** A connection of which as much works as one transaction that reads one store needs. */
class FakeConnection extends EventTarget {
  readonly #ends: Ends;
  constructor(ends: Ends) {
    super();
    this.#ends = ends;
  }
  close(): void {}
  transaction() {
    const ends = this.#ends;
    if (ends === "without a connection") throw new DOMException("closing", "InvalidStateError");
    const name = { "lost on the way": "UnknownError", full: "QuotaExceededError" }[ends as string];
    const error = new DOMException("", name);
    const tx = Object.assign(new EventTarget(), {
      error,
      abort: () => undefined,
      objectStore: () => ({ getAll: () => request }),
    });
    const request = Object.assign(new EventTarget(), { result: ["row"], error });
    queueMicrotask(() => {
      request.dispatchEvent(new Event(ends === "well" ? "success" : "error"));
      tx.dispatchEvent(new Event(ends === "well" ? "complete" : "abort"));
    });
    return tx;
  }
}

describe("transactionsOf", () => {
  const opening = (...all: (Ends | "not opened")[]) => {
    const connections: FakeConnection[] = [];
    const transact = transactionsOf(async () => {
      const ends = all[connections.length] ?? "well";
      const next = new FakeConnection(ends === "not opened" ? "well" : ends);
      connections.push(next);
      if (ends === "not opened") throw new DOMException("", "UnknownError");
      return next as unknown as IDBDatabase;
    });
    const read = () => transact(["drafts"], "readonly", (stores) => stores.all("drafts"));
    return { read, connections };
  };

  test.each(["without a connection", "lost on the way"] as const)(
    "a connection that the browser took away is opened anew: %s",
    async (ends) => {
      const { read, connections } = opening(ends);
      expect(await read()).toEqual(["row"]);
      expect(await read()).toEqual(["row"]);
      expect(connections).toHaveLength(2);
    },
  );

  test.each(["close", "versionchange"])("after `%s` the next one opens anew", async (event) => {
    const { read, connections } = opening();
    await read();
    connections[0]?.dispatchEvent(new Event(event));
    expect(await read()).toEqual(["row"]);
    expect(connections).toHaveLength(2);
  });

  test("what would not open is tried again at the next need", async () => {
    const { read } = opening("not opened");
    await expect(read()).rejects.toMatchObject({ name: "UnknownError" });
    expect(await read()).toEqual(["row"]);
  });

  test("a full phone is no lost connection", async () => {
    const { read, connections } = opening("full");
    await expect(read()).rejects.toMatchObject({ name: "QuotaExceededError" });
    expect(connections).toHaveLength(1);
  });
});
