import { silentLogger } from "@firebreak/kit/logger.ts";
import { describe, expect, test } from "vitest";
import type { Gateway } from "./gateway-options.ts";
import type { LaidAnswer } from "./remote/remote-layer.ts";
import { Succession } from "./succession.ts";
import { until } from "./test-source.fixture.ts";

const settings = {} as NonNullable<LaidAnswer["settings"]>;
const documentOf = (version: number) => ({ version, hash: String(version).repeat(64) });

/** A succession whose layer, starts and stops do what a test says. */
function setUp(waitMs = 1) {
  const failures = { read: 0, start: 0, stop: 0 };
  const fail = (what: keyof typeof failures) => {
    if (failures[what] <= 0) return;
    failures[what]--;
    throw new Error(`${what} failed`);
  };
  const state = { trial: 0, confirmed: 0, isFileBroken: false };
  const log: string[] = [];
  const layer = {
    async read(): Promise<LaidAnswer> {
      fail("read");
      const version = state.trial || state.confirmed;
      const document = version === 0 ? null : documentOf(version);
      if (state.isFileBroken)
        return { files: [], document, refused: { code: "BAD_CONFIGURATION", message: "mistake" } };
      return { files: [], document, settings };
    },
    started: () => undefined,
    blame() {
      const hadTrial = state.trial !== 0;
      if (hadTrial) log.push(`rolled back ${state.trial}`);
      state.trial = 0;
      return hadTrial;
    },
    get isOnTrial() {
      return state.trial !== 0;
    },
    isConfirmed: (document: LaidAnswer["document"]) => (document?.version ?? 0) === state.confirmed,
  };
  const breaks: ((error: unknown) => void)[] = [];
  const start = async (
    { document }: LaidAnswer,
    onBroken: (error: unknown) => void,
  ): Promise<Gateway> => {
    fail("start");
    breaks.push(onBroken);
    const name = document?.version ?? 0;
    log.push(`start ${name}`);
    const stop = async () => {
      log.push(`stop ${name}`);
      fail("stop");
    };
    return { stop } as Gateway;
  };
  const retry = { minMs: 1, capMs: 2 };
  const clock = { nowMs: 0, monotonicMs: () => clock.nowMs };
  const ran: number[] = [];
  const restartWait = {
    nextMs(ranMs: number) {
      ran.push(ranMs);
      return waitMs;
    },
  };
  const succession = new Succession({
    ...{ layer, start, retry, restartWait, clock, log: silentLogger },
  });
  const begun = async () => succession.begin(await layer.read());
  const follows = async (line: string) => {
    const before = log.length;
    succession.next();
    await until(() => log.length > before && log.at(-1) === line, `${line} after ${log}`);
  };
  return { succession, begun, follows, breaks, state, failures, log, clock, ran };
}

describe("a gateway that starts anew", () => {
  test("goes on without a trial that could not be read, and what ran before is not ended for it", async () => {
    const { begun, follows, state, failures, log } = setUp();
    await begun();
    state.trial = 1;
    failures.read = 3;
    await follows("start 0");
    expect(log).toEqual(["start 0", "rolled back 1", "stop 0", "start 0"]);
  });

  test("goes back from a rolled-back trial even if that cannot be read at first", async () => {
    const { begun, follows, state, failures, log } = setUp();
    await begun();
    state.trial = 1;
    await follows("start 1");
    state.trial = 0;
    failures.read = 2;
    await follows("start 0");
    expect(log).toEqual(["start 0", "stop 0", "start 1", "stop 1", "start 0"]);
  });

  test("starts though the one before could not end, because its disk takes nothing", async () => {
    const { succession, begun, follows, state, failures, log } = setUp();
    const first = await begun();
    state.confirmed = 1;
    failures.stop = 1;
    await follows("start 1");
    expect(log).toEqual(["start 0", "stop 0", "start 1"]);
    expect(succession.current).not.toBe(first);
  });

  test("is started anew when it broke, once for each, and without what was on trial", async () => {
    const { succession, begun, breaks, state, log } = setUp();
    await begun();
    breaks[0]?.(new Error("broke"));
    await until(() => log.at(-1) === "start 0" && log.length === 3, "the next one");
    state.trial = 1;
    succession.next();
    await until(() => log.at(-1) === "start 1", "the trial");
    // One that has ended already needs no successor.
    breaks[0]?.(new Error("broke late"));
    breaks[2]?.(new Error("broke"));
    await until(() => log.at(-1) === "start 0", "the one without the trial");
    await succession.end();
    expect(log.slice(3)).toEqual([
      ...["stop 0", "start 1", "rolled back 1", "stop 1", "start 0", "stop 0"],
    ]);
  });

  test("how long each ran before it broke says how long the next one waits", async () => {
    const { succession, begun, breaks, log, clock, ran } = setUp();
    await begun();
    clock.nowMs = 7_000;
    breaks[0]?.(new Error("broke"));
    await until(() => breaks.length === 2 && log.at(-1) === "start 0", "the second");
    clock.nowMs = 8_000;
    breaks[1]?.(new Error("broke"));
    await until(() => breaks.length === 3, "the third");
    await succession.end();
    expect(ran).toEqual([7_000, 1_000]);
  });

  test("a configuration that comes while one that broke waits is started at once, and once", async () => {
    const { succession, begun, breaks, state, log, ran } = setUp(2 ** 30);
    await begun();
    breaks[0]?.(new Error("broke"));
    await until(() => ran.length === 1, "the wait");
    state.confirmed = 1;
    succession.next();
    await until(() => log.at(-1) === "start 1", "the cure");
    await succession.end();
    expect(log).toEqual(["start 0", "stop 0", "start 1", "stop 1"]);
  });

  test("is started again and again while that comes to nothing, with nothing on trial", async () => {
    const { begun, follows, state, failures, log } = setUp();
    await begun();
    state.confirmed = 1;
    failures.start = 3;
    await follows("start 1");
    expect(log).toEqual(["start 0", "stop 0", "start 1"]);
  });

  test("goes back to what was confirmed while it ran, where the file has mistakes by then", async () => {
    const { begun, follows, state, log } = setUp();
    await begun();
    state.trial = 1;
    await follows("start 1");
    Object.assign(state, { trial: 0, confirmed: 1 });
    state.trial = 2;
    await follows("start 2");
    Object.assign(state, { trial: 0, isFileBroken: true });
    await follows("start 1");
    expect(log.at(-1)).toBe("start 1");
  });

  test("ends at once while it waits to be started again", async () => {
    const { succession, begun, state, failures, log } = setUp();
    await begun();
    state.confirmed = 1;
    failures.start = Number.POSITIVE_INFINITY;
    succession.next();
    await until(() => log.at(-1) === "stop 0", "the first has ended");
    await succession.end();
    expect(log).toEqual(["start 0", "stop 0", "stop 0"]);
  });
});
