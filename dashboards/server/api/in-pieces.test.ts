import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { inPieces, jsonPieces, type Pieces } from "./in-pieces.ts";

const lasting = new AbortController().signal;

function piecesOf(answer: unknown): { text: string; count: number } {
  const work = jsonPieces(answer);
  for (let count = 1; ; count++) {
    const { done, value } = work.next();
    if (done) return { text: value.toString("utf8"), count };
  }
}

describe("the text of an answer in pieces", () => {
  test("is what JSON.stringify makes of it", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
        const many = Array.from({ length: 600 }, () => value);
        for (const answer of [value, { many, value, absent: undefined }, [many, value]])
          expect(piecesOf(answer).text).toBe(JSON.stringify(answer));
      }),
      { numRuns: 30 },
    );
  });

  test("keeps empty columns, nulls and text beyond ASCII", () => {
    const t = Array.from({ length: 1_500 }, (_, at) => `泵车 ${at}`);
    const answer = { t, none: [], value: t.map(() => null), next: null };
    expect(piecesOf(answer).text).toBe(JSON.stringify(answer));
  });

  test("G9: a long column is many pieces, also inside of rows", () => {
    const column = Array.from({ length: 20_000 }, (_, at) => at);
    expect(piecesOf({ t: column, value: column }).count).toBeGreaterThan(80);
    expect(piecesOf({ items: [{ series: { t: column } }], next: null }).count).toBeGreaterThan(40);
  });
});

describe("work in pieces", () => {
  test("G9: lets others go before it is done", async () => {
    let isOver = false;
    function* long(): Pieces<string> {
      while (!isOver) yield;
      return "done";
    }
    const answer = inPieces(long(), lasting);
    await new Promise(setImmediate);
    isOver = true;
    expect(await answer).toBe("done");
  });

  test("ends once nobody waits for it", async () => {
    const gone = new AbortController();
    function* endless(): Pieces<never> {
      for (;;) yield;
    }
    const answer = inPieces(endless(), gone.signal);
    gone.abort();
    await expect(answer).rejects.toMatchObject({ code: "QUERY_CANCELLED" });
  });
});
