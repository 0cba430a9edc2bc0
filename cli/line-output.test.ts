import { Writable } from "node:stream";
import { describe, expect, test } from "vitest";
import { createLineOutput } from "./line-output.ts";

/** A stream that keeps what it got; `broken` is the error it answers with from the second write on. */
function sink(broken?: NodeJS.ErrnoException) {
  const pieces: string[] = [];
  const stream = new Writable({
    write(piece: Buffer, _, done) {
      if (broken && pieces.length > 0) return done(broken);
      pieces.push(piece.toString());
      setImmediate(done);
    },
  });
  return { pieces, stream };
}

const systemError = (code: string) => Object.assign(new Error(code), { code });

describe("createLineOutput", () => {
  test("passes everything on in order, whatever its length", async () => {
    const { pieces, stream } = sink();
    const output = createLineOutput(stream);
    let expected = "";
    for (const length of [5, 70_000, 0, 400_000, 3, 200_000, 200_000, 9]) {
      const text = "°é".repeat(length);
      expected += text;
      output.write(text);
      if (output.isFull) expect(await output.flush()).toBe(true);
    }
    await output.flush();
    expect(pieces.join("") === expected).toBe(true);
  });

  test("is full from a piece on and empty after a flush", async () => {
    const output = createLineOutput(sink().stream);
    expect(output.isFull).toBe(false);
    output.write("x".repeat(80_000));
    output.write("x".repeat(80_000));
    output.write("x".repeat(80_000));
    output.write("x".repeat(80_000));
    expect(output.isFull).toBe(true);
    await output.flush();
    expect(output.isFull).toBe(false);
  });

  test("is closed quietly when the reader has gone", async () => {
    const { pieces, stream } = sink(systemError("EPIPE"));
    const output = createLineOutput(stream);
    output.write("one");
    expect(await output.flush()).toBe(true);
    output.write("two");
    expect(await output.flush()).toBe(false);
    expect(output.isOpen).toBe(false);
    output.write("three");
    expect(await output.flush()).toBe(false);
    expect(pieces).toEqual(["one"]);
  });

  test("fails on any other error", async () => {
    const output = createLineOutput(sink(systemError("ENOSPC")).stream);
    output.write("one");
    await output.flush();
    output.write("two");
    await expect(output.flush()).rejects.toMatchObject({ code: "OUTPUT_FAILED" });
  });
});
