import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { firstValueFrom, lastValueFrom } from "rxjs";
import { describe, expect, test } from "vitest";
import { tractorPlan, until } from "../../test-source.fixture.ts";
import { Collector, contextOf } from "../source.fixture.ts";
import { createReplay } from "./replay-kind.ts";
import { measureRecording } from "./timed-recording.ts";

const nowMs = 1_800_000_000_000;
const startNs = BigInt(nowMs) * 1_000_000n;

/** EEC1 with an engine speed of `rpm` from source address 0. */
function eec1(time: string, rpm: number): string {
  const raw = (rpm * 8).toString(16).padStart(4, "0").toUpperCase();
  return `(${time}) can0 0CF00400#FFFFFF${raw.slice(2)}${raw.slice(0, 2)}FFFFFF`;
}

function record(lines: readonly string[]): string {
  const file = join(mkdtempSync(join(tmpdir(), "firebreak-replay-")), "recording.log");
  writeFileSync(file, lines.map((line) => `${line}\n`).join(""));
  return file;
}

interface Given {
  readonly speed?: number | "max";
  readonly repeat?: number;
  readonly endsAt?: string;
}

function play(lines: readonly string[], given: Given = {}) {
  let monotonicMs = 0;
  const context = {
    ...contextOf(tractorPlan),
    clock: { nowMs: () => nowMs, monotonicMs: () => monotonicMs++ },
  };
  const collector = new Collector(context);
  const source = createReplay(
    { kind: "replay", file: record(lines), speed: "max", ...given },
    context,
  );
  return { collector, source, states$: source.open(collector) };
}

const speeds = ({ rows }: Collector) =>
  rows
    .filter(({ quality, signal }) => quality === "good" && signal === "engineSpeed")
    .map(({ timeNs, value }) => [timeNs - startNs, value]);

describe("replay", () => {
  test("the last frame gets the time of the start, the spacing is exact", async () => {
    const { collector, states$ } = play([
      eec1("0000000010.000000001", 800),
      eec1("0000000010.123456789", 900),
      eec1("0000000012.000000000", 1_000),
    ]);
    await lastValueFrom(states$);
    expect(speeds(collector)).toEqual([
      [-1_999_999_999n, 800],
      [-1_876_543_211n, 900],
      [0n, 1_000],
    ]);
  });

  test("several runs lie end to end, two seconds apart, and the last frame of all has the time of the end", async () => {
    const endsAt = new Date(nowMs - 3_600_000).toISOString();
    const lines = [eec1("10.0", 800), eec1("10.5", 900), "nonsense", eec1("12.0", 1_000)];
    const { collector, source, states$ } = play(lines, { repeat: 3, endsAt });
    await lastValueFrom(states$);
    const ofRun = (endS: number) => [
      [endS - 2, 800],
      [endS - 1.5, 900],
      [endS, 1_000],
    ];
    const shown = speeds(collector).map(([timeNs, value]) => [Number(timeNs) / 1e9 + 3600, value]);
    expect(shown).toEqual([...ofRun(-8), ...ofRun(-4), ...ofRun(0)]);
    const { readBytes, totalBytes, ...progress } = source.progress();
    expect(progress).toMatchObject({ frames: 9, brokenLines: 3 });
    expect(readBytes).toBe(totalBytes);
  });

  test("no message is put together from the end of a run and the beginning of the next", async () => {
    // A broadcast of three packets whose last one was only heard before its first two were.
    const announced = "(0.2) can0 18ECFF00#20120003FFCAFE00";
    const packets = ["010CFF640004010E", "02006E0004010E00"].map(
      (data, at) => `(0.${at + 3}) can0 18EBFF00#${data}`,
    );
    const lines = [
      "(0.1) can0 18EBFF00#0366000401FFFFFF",
      ...[announced, ...packets],
      eec1("0.6", 800),
    ];
    const { collector, states$ } = play(lines, { repeat: 2 });
    await lastValueFrom(states$);
    expect(collector.events).toEqual([]);
  });

  test("an end that is still to come is refused", async () => {
    const endsAt = new Date(nowMs + 1).toISOString();
    const { states$ } = play([eec1("1.0", 800)], { endsAt });
    await expect(lastValueFrom(states$)).rejects.toMatchObject({ code: "REPLAY_ENDS_LATER" });
  });

  test("one absurd stamp does not move the others", async () => {
    const lines = Array.from({ length: 30 }, (_, at) => eec1(`${at}.0`, 800 + at));
    lines[15] = eec1("4000000000.0", 815);
    const { collector, source, states$ } = play(lines);
    await lastValueFrom(states$);
    const times = speeds(collector).map(([timeNs]) => Number(timeNs) / 1e9);
    expect(times[0]).toBe(-29);
    expect(times[29]).toBe(0);
    expect(times[15]).toBe(times[14]);
    expect(source.progress()).toMatchObject({ frames: 30, brokenLines: 0 });
  });

  test("what is no J1939 data frame gives nothing and harms nothing", async () => {
    const { collector, source, states$ } = play([
      "(1.0) can0 123#00",
      "(1.1) can0 0CF00400#R",
      "nonsense",
      eec1("1.2", 800),
    ]);
    await lastValueFrom(states$);
    expect(speeds(collector)).toEqual([[0n, 800]]);
    expect(source.progress()).toMatchObject({ frames: 3, brokenLines: 1 });
  });

  test("trouble codes come as events with their time", async () => {
    const { collector, states$ } = play(["(1.0) can0 18FECA00#04FF64000401", eec1("3.0", 800)]);
    await lastValueFrom(states$);
    expect(collector.events).toMatchObject([
      { timeNs: startNs - 2_000_000_000n, sa: 0, dtcs: [{ spn: 100, fmi: 4, oc: 1 }] },
    ]);
  });

  test("a recording without a frame, and none at all, are said", async () => {
    await expect(lastValueFrom(play(["nothing"]).states$)).rejects.toMatchObject({
      code: "RECORDING_EMPTY",
    });
    await expect(measureRecording("/nowhere/at.all")).rejects.toMatchObject({
      code: "RECORDING_NOT_FOUND",
    });
  });

  test("it does not read on while there is no room", async () => {
    const lines = Array.from({ length: 20_000 }, (_, at) => eec1(`${at / 100}`, 800));
    const { collector, source, states$ } = play(lines);
    let makeRoom = () => {};
    collector.room = new Promise((resolve) => {
      makeRoom = resolve;
    });
    const ended = lastValueFrom(states$);
    await until(() => collector.rows.length > 0, "the first piece");
    const { frames } = source.progress();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(source.progress().frames).toBe(frames);
    expect(frames).toBeLessThan(6_000);
    makeRoom();
    await ended;
    expect(source.progress().frames).toBe(20_000);
  });

  test("at a speed it waits as long as the recording says", async () => {
    const context = contextOf(tractorPlan);
    const collector = new Collector(context);
    const lines = [eec1("0.0", 800), eec1("1.0", 900), eec1("2.0", 1_000)];
    const source = createReplay({ kind: "replay", file: record(lines), speed: 10 }, context);
    const beginMs = performance.now();
    await lastValueFrom(source.open(collector));
    const tookMs = performance.now() - beginMs;
    expect(tookMs).toBeGreaterThan(180);
    expect(collector.rows.length).toBeGreaterThan(0);
  });

  test("unsubscribing ends it", async () => {
    const lines = Array.from({ length: 100 }, (_, at) => eec1(`${at}`, 800));
    const context = contextOf(tractorPlan);
    const source = createReplay({ kind: "replay", file: record(lines), speed: 1 }, context);
    await firstValueFrom(source.open(new Collector(context)));
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(source.progress().frames).toBeLessThan(5);
  });
});
