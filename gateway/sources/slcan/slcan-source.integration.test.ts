import type { Clock } from "@firebreak/kit/clock.ts";
import { catchError, EMPTY } from "rxjs";
import { afterEach, describe, expect, test } from "vitest";
import { tractorPlan, until } from "../../test-source.fixture.ts";
import { createSource } from "../registry.ts";
import { hasPtyPairs, openPtyPair } from "../serial/pty-pair.fixture.ts";
import { Collector, contextOf } from "../source.fixture.ts";
import type { SourceState } from "../source.ts";
import { type Answers, openFakeAdapter } from "./slcan-adapter.fixture.ts";

const endings: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

/** A clock that runs so many times as fast. */
const fastClock = (times: number): Clock => {
  const [startMs, startWallMs] = [performance.now(), Date.now()];
  const elapsedMs = () => (performance.now() - startMs) * times;
  return { nowMs: () => startWallMs + elapsedMs(), monotonicMs: () => startMs + elapsedMs() };
};

const withRequests = {
  ...tractorPlan,
  acquisition: {
    ...tractorPlan.acquisition,
    j1939: {
      ...tractorPlan.acquisition.j1939,
      requests: { sa: 0xf9, groups: [{ pgn: 65253, everySeconds: 10 }] },
    },
  },
} as typeof tractorPlan;

interface Setup {
  readonly answers?: Answers;
  readonly mode?: "listen-only" | "requests";
  readonly bitRate?: 800_000;
  readonly timesAsFast?: number;
}

async function setUp({ answers = {}, mode, bitRate, timesAsFast = 1 }: Setup = {}) {
  const pair = await openPtyPair();
  endings.push(() => pair.pull());
  const adapter = await openFakeAdapter(pair.there, answers);
  endings.push(() => adapter.close());
  const context = { ...contextOf(withRequests), clock: fastClock(timesAsFast) };
  const collector = new Collector(context);
  const config = { kind: "slcan", port: pair.here, ...(mode ? { mode } : {}) } as const;
  const source = createSource({ ...config, ...(bitRate ? { bitRate } : {}) }, context);
  const errors: unknown[] = [];
  let state: SourceState | undefined;
  const subscription = source
    .open(collector)
    .pipe(
      catchError((error: unknown) => {
        errors.push(error);
        return EMPTY;
      }),
    )
    .subscribe((next) => {
      state = next;
    });
  const close = async () => {
    subscription.unsubscribe();
    await until(() => adapter.commands.at(-1) === "C", "the end");
  };
  const speeds = () => collector.rows.filter(({ value }) => value === 800).length;
  /** From now on the bus speaks all the time, so that no wait of a busy computer makes it silent. */
  const speak = () => {
    const speaking = setInterval(() => adapter.say(`${frame}\r`).catch(() => undefined), 20);
    endings.push(async () => clearInterval(speaking));
  };
  return { pair, adapter, source, errors, speeds, close, speak, state: () => state };
}

const frame = "T0CF004008FFFFFF0019FFFFFF"; // 800 rpm

describe.skipIf(!hasPtyPairs())("slcan", () => {
  test("sets the bit rate, only listens, reads frames with and without times, and closes the adapter", async () => {
    const { adapter, speeds, source, state, close } = await setUp();
    await until(() => state() !== undefined, "the adapter");
    expect(adapter.commands).toEqual(["", "", "C", "S5", "L"]);
    await adapter.say(`${frame.slice(0, 9)}`);
    await adapter.say(`${frame.slice(9)}\r${frame}1234\rrubbish\rd1230\r`);
    await until(() => speeds() === 2, "values");
    expect(state()).toEqual({ state: "open", detail: "" });
    await until(() => source.counters().fdFrames === 1, "the rest");
    expect(source.counters()).toMatchObject({ frames: 2, malformedLines: 1, overruns: 0 });
    expect(source.buses?.()[0]).toMatchObject({ bus: "can0", bitRate: 250_000, frames: 2 });
    await close();
  });

  test("a request of the plan goes out once a turn where it may, and never in listen-only mode", async () => {
    const fast = { timesAsFast: 20 };
    const [asking, listening] = [await setUp({ mode: "requests", ...fast }), await setUp(fast)];
    const request = "T18EAFFF93E5FE00";
    asking.speak();
    listening.speak();
    await until(() => asking.adapter.commands.filter((it) => it === request).length >= 2, "asked");
    await until(() => listening.speeds() > 0 && listening.adapter.commands.length >= 5, "heard");
    expect(asking.adapter.commands.slice(2, 5)).toEqual(["C", "S5", "O"]);
    expect(listening.adapter.commands.slice(2, 5)).toEqual(["C", "S5", "L"]);
    const sent = listening.adapter.commands.filter((command) => /^[tTrRdDbB]/.test(command));
    expect(sent).toEqual([]);
    await Promise.all([asking.close(), listening.close()]);
  });

  test("an adapter that cannot listen only is not opened as a node instead", async () => {
    const { adapter, errors } = await setUp({ answers: { L: "\x07" } });
    await until(() => errors.length === 1, "the refusal");
    expect(errors[0]).toMatchObject({ code: "SLCAN_REFUSED", retryable: true });
    expect((errors[0] as Error).message).toMatch(/refuses to listen only/);
    expect(adapter.commands).not.toContain("O");
  });

  test("a bit rate that it does not know is told with its number", async () => {
    const { errors, adapter } = await setUp({ answers: { S: "\x07" }, bitRate: 800_000 });
    await until(() => errors.length === 1, "the refusal");
    expect((errors[0] as Error).message).toMatch(/refuses the bit rate of 800000 bit\/s/);
    expect(adapter.commands).toContain("S7");
  });

  test("an adapter that never answers a command is read all the same", async () => {
    const { adapter, speeds, close } = await setUp({ answers: "silent" });
    await until(() => adapter.commands.includes("L"), "the opening");
    await adapter.say(`${frame}\r`);
    await until(() => speeds() === 1, "a value");
    await close();
  });

  test("A4: a wrong bit rate shows as error-passive, then as silence, each with what to look at", async () => {
    const { adapter, state, close, source, speak } = await setUp({
      answers: { F: "FA4\r" },
      timesAsFast: 10,
    });
    await until(() => state()?.detail.includes("error-passive") ?? false, "the flags");
    expect(state()?.detail).toMatch(
      /^can0: error-passive since \d\d:\d\d:\d\dZ; wrong bit rate, wiring or no termination\?$/,
    );
    expect(source.buses?.()[0]?.controller).toBe("error-passive");
    expect(source.counters().busErrors).toBeGreaterThan(0);
    adapter.answers = {};
    await until(() => state()?.detail.includes("silent") ?? false, "silence");
    expect(state()?.detail).toMatch(/machine off, wrong bit rate, or no termination\?$/);
    speak();
    await until(() => state()?.state === "open", "the bus back");
    await close();
  });

  test("an overrun inside the adapter is counted and told", async () => {
    const { state, close, source, speak } = await setUp({
      answers: { F: "F08\r" },
      timesAsFast: 4,
    });
    speak();
    await until(() => state()?.detail.includes("overload") ?? false, "the overrun");
    expect(state()?.detail).toMatch(/^can0: CAN overload, frames lost \d\d:\d\d:\d\dZ-/);
    expect(source.counters().overruns).toBeGreaterThan(0);
    await close();
  });

  test("an adapter that was unplugged is told once, in a way that heals", async () => {
    const { pair, errors, state } = await setUp();
    await until(() => state() !== undefined, "the adapter");
    await pair.pull();
    await until(() => errors.length === 1, "the loss");
    expect(errors[0]).toMatchObject({ code: "SERIAL_LINE_LOST", retryable: true });
  });
});
