import { describe, expect, test } from "vitest";
import { createGate, type GateLimits, type Turn } from "./query-gate.ts";

const lasting = new AbortController().signal;
const turnOf = (who: string, late?: AbortSignal): Turn => ({
  ...{ who, gone: lasting },
  ...(late ? { late } : {}),
});

/** Reads that end when the test says so; `begun` in the order in which they began. */
function reads(limits: GateLimits = { atOnce: 4, waiting: 8 }) {
  const gate = createGate(limits);
  const begun: string[] = [];
  const ends = new Map<string, () => void>();
  const read = (name: string, turn = turnOf(name.charAt(0))) =>
    gate(turn, async () => {
      begun.push(name);
      await new Promise<void>((end) => ends.set(name, end));
      return name;
    });
  const end = async (name: string) => {
    ends.get(name)?.();
    await new Promise(setImmediate);
  };
  return { begun, read, end };
}

describe("the gate of heavy reads", () => {
  test("G9: two hundred reads of one do not keep another waiting, and what is too much is said", async () => {
    const { begun, read } = reads({ atOnce: 8, waiting: 64 });
    const many = Array.from({ length: 200 }, (_, at) => read(`a${at}`).catch((error) => error));
    void read("b");
    await new Promise(setImmediate);
    expect(begun).toEqual(["a0", "a1", "a2", "a3", "b"]);
    const refused = await many[199];
    expect(refused).toMatchObject({
      code: "TOO_MANY_REQUESTS",
      message: expect.stringContaining("32 of your reads wait already"),
    });
    expect(refused.message).toContain("a shorter range");
  });

  test("G9: of one no more run than said, though there are places", async () => {
    const { begun, read, end } = reads({ atOnce: 8, atOnceOfOne: 2, waiting: 64 });
    for (const name of ["a1", "a2", "a3", "b1", "b2", "b3", "c1"]) void read(name);
    await new Promise(setImmediate);
    expect(begun).toEqual(["a1", "a2", "b1", "b2", "c1"]);
    await end("a2");
    expect(begun.at(-1)).toBe("a3");
  });

  test("G9: those who wait take turns, however much each asks for", async () => {
    const { begun, read, end } = reads({ atOnce: 2, waiting: 20 });
    for (const name of ["a1", "a2", "a3", "b1", "b2", "c1"]) void read(name);
    await new Promise(setImmediate);
    expect(begun).toEqual(["a1", "b1"]);
    await end("a1");
    expect(begun.at(-1)).toBe("a2");
    await end("b1");
    expect(begun.at(-1)).toBe("b2");
    await end("a2");
    expect(begun.at(-1)).toBe("c1");
    await end("c1");
    expect(begun.at(-1)).toBe("a3");
  });

  test("G9: who goes away while waiting leaves the line", async () => {
    const { begun, read, end } = reads({ atOnce: 2, waiting: 2 });
    void read("a1");
    const gone = new AbortController();
    const left = read("a2", { who: "a", gone: gone.signal });
    gone.abort();
    await expect(left).rejects.toMatchObject({ code: "QUERY_CANCELLED" });
    void read("a3");
    await end("a1");
    expect(begun).toEqual(["a1", "a3"]);
  });

  test("G11: nobody waits longer than said, in line or for a store that hangs; its place is taken until it ends", async () => {
    const { begun, read, end } = reads({ atOnce: 2, waiting: 4 });
    const late = new AbortController();
    const hanging = read("a1", turnOf("a", late.signal));
    const inLine = read("a2", turnOf("a", late.signal));
    void read("a3");
    late.abort();
    for (const one of [hanging, inLine])
      await expect(one).rejects.toMatchObject({ code: "STORE_SLOW" });
    expect(begun).toEqual(["a1"]);
    await end("a1");
    expect(begun).toEqual(["a1", "a3"]);
  });
});
