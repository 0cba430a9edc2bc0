import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CodedError } from "@firebreak/kit/coded-error.ts";
import { afterEach, describe, expect, test } from "vitest";
import { hasPtyPairs, openPtyPair, type PtyPair } from "./pty-pair.fixture.ts";
import type { SerialSettings } from "./serial-config.ts";
import { openSerialLine, type SerialLine } from "./serial-line.ts";

const endings: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

const settings = (port: string): SerialSettings => ({
  port,
  baudRate: 115_200,
  dataBits: 8,
  parity: "none",
  stopBits: 1,
});

async function pair(): Promise<PtyPair> {
  const made = await openPtyPair();
  endings.push(() => made.pull());
  return made;
}

/** One end, with everything that came over it. */
async function open(port: string) {
  const bytes: number[] = [];
  const losses: CodedError[] = [];
  const line: SerialLine = await openSerialLine(settings(port), {
    onBytes: (piece) => bytes.push(...piece),
    onLost: (error) => losses.push(error),
  });
  endings.push(() => line.close());
  return { line, bytes, losses };
}

const until = (isSo: () => boolean, what: string) =>
  expect.poll(isSo, { timeout: 20_000, interval: 5, message: what }).toBe(true);

describe.skipIf(!hasPtyPairs())("a serial line", () => {
  test("carries every byte, both ways", async () => {
    const { here, there } = await pair();
    const [one, other] = [await open(here), await open(there)];
    const all = Uint8Array.from({ length: 2048 }, (_, at) => at % 256);
    await one.line.write(all);
    await other.line.write(all.toReversed());
    await until(() => other.bytes.length === 2048 && one.bytes.length === 2048, "everything there");
    expect(other.bytes).toEqual([...all]);
    expect(one.bytes).toEqual([...all.toReversed()]);
    expect([...one.losses, ...other.losses]).toEqual([]);
  });

  test("a pulled plug is told once, in a way that may heal, and nothing goes out any more", async () => {
    const made = await openPtyPair();
    const { line, losses } = await open(made.here);
    await made.pull();
    await until(() => losses.length > 0, "the loss");
    expect(losses).toHaveLength(1);
    expect(losses[0]).toMatchObject({ code: "SERIAL_LINE_LOST", retryable: true });
    await expect(line.write(new Uint8Array(1))).rejects.toMatchObject({ code: "SERIAL_LINE_LOST" });
  });

  test("closing is no loss", async () => {
    const { here } = await pair();
    const { line, losses } = await open(here);
    await line.close();
    await line.close();
    expect(losses).toEqual([]);
  });

  test("a port that another program holds is not opened twice", async () => {
    const { here } = await pair();
    await open(here);
    await expect(open(here)).rejects.toThrow(/another program has it open/);
  });

  test("what is no port says so, and what to do", async () => {
    const file = join(mkdtempSync(join(tmpdir(), "firebreak-serial-")), "no-port");
    writeFileSync(file, "");
    for (const [port, words] of [
      ["/dev/there-is-none", /is the adapter plugged in/],
      [file, /it is no serial port/],
    ] as const) {
      const error = await open(port).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(CodedError);
      expect(error).toMatchObject({ code: "SERIAL_OPEN_FAILED", retryable: true });
      expect((error as CodedError).message).toMatch(words);
    }
  });
});
