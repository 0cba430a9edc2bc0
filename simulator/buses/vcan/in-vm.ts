import { spawn } from "node:child_process";
import { createSource } from "@firebreak/gateway/sources/registry.ts";
import { startListener } from "@firebreak/gateway/sources/socketcan/vcan/can-listeners.fixture.ts";
import { systemClock } from "@firebreak/kit/clock.ts";
import { silentLogger } from "@firebreak/kit/logger.ts";
import { dictionaryOfPlan } from "@firebreak/plans/dictionary-of-plan.ts";
import type { Plan, Signal } from "@firebreak/plans/plan-schema.ts";
import type { ActiveCode } from "../bus-input.ts";
import { startLiveBuses } from "../live-buses.ts";

/**
 * Runs inside a machine whose kernel has CAN: a simulated engine on vcan0, read by candump, by the kernel's own J1939 and
 * by the gateway's source, which asks for its hours. Prints what they read as one JSON object; the test outside judges it.
 */
const readerSeconds = 9;

const spn = (place: object, more: Partial<Signal> = {}): Signal => ({
  title: { en: "x", "zh-CN": "x" },
  unit: "rpm",
  scale: 1,
  offset: 0,
  range: [0, 1e9],
  sampling: "every",
  source: "made up",
  j1939: { spn: 1, pgn: 0, sa: 0, startByte: 1, startBit: 1, bits: 16, coding: "analog", ...place },
  ...more,
});

const acquisition = {
  maker: "MAKER",
  models: ["MODEL"],
  j1939: { requests: { sa: 249, groups: [{ pgn: 65_253, everySeconds: 10 }] } },
  signals: {
    speed: spn({ pgn: 61_444, startByte: 4 }, { scale: 0.125 }),
    hours: spn({ pgn: 65_253, bits: 32 }, { scale: 0.05 }),
  },
};
const plan = { plan: "made-up", acquisition } as unknown as Plan;
const codes = [1, 2, 3, 4, 5].map((at): ActiveCode => ({ sa: 0, spn: 100 + at, fmi: at }));

const live = await startLiveBuses(plan, {
  machineId: "M1",
  can: { kind: "socketcan", interfaces: { can0: "vcan0" } },
});
// From the first frame on, so that it sees the claim.
const dump = await startListener("vcan0", () => linesOf("candump", ["-L", "vcan0"]));
const input = { values: { speed: 1_500, hours: 1_234.5 }, codes };
let [machineMs, lastMs] = [0, performance.now()];
const ticking = setInterval(() => {
  const nowMs = performance.now();
  machineMs += Math.min(live.longestStepMs, nowMs - lastMs);
  lastMs = nowMs;
  live.step(machineMs, Date.now(), input);
}, 10);

const read = new Map<string, number>();
const dictionary = dictionaryOfPlan(plan);
const source = createSource(
  { kind: "socketcan", interface: "vcan0", mode: "requests" },
  { machineId: "M1", acquisition, dictionary, clock: systemClock, log: silentLogger },
);
const subscription = source
  .open({
    deliver({ length, signal, value }) {
      for (let row = 0; row < length; row++)
        read.set(dictionary.signals[signal[row] ?? -1]?.name ?? "?", value[row] ?? Number.NaN);
    },
    whenRoom: () => Promise.resolve(),
  })
  .subscribe();

const script = "simulator/buses/vcan/read-j1939.py";
const kernel = linesOf("/usr/bin/python3", ["-S", "-E", script, "vcan0", String(readerSeconds)]);
await kernel.ended;
clearInterval(ticking);
subscription.unsubscribe();
dump.stop();
await dump.ended;
const { multiPacketMessages, brokenTransports } = source.counters();
const result = {
  scenario: "simulated",
  dumped: Object.fromEntries(counts(dump.lines.map((line) => line.split(" ")[2] ?? ""))),
  packetGapsMs: packetGaps(dump.lines),
  kernel: kernel.lines.map((line) => JSON.parse(line)),
  gateway: { ...Object.fromEntries(read), multiPacketMessages, brokenTransports },
  dropped: live.dropped,
};
process.stdout.write(`${JSON.stringify(result)}\n`);
process.exit(0);

function linesOf(command: string, args: readonly string[]) {
  const child = spawn(command, args, { stdio: ["ignore", "pipe", "inherit"] });
  let text = "";
  child.stdout.on("data", (piece) => {
    text += piece;
  });
  return {
    get lines() {
      return text.split("\n").filter((line) => line !== "");
    },
    stop: () => child.kill(),
    ended: new Promise<void>((resolve) => child.once("close", () => resolve())),
  };
}

function counts(texts: readonly string[]): Map<string, number> {
  const found = new Map<string, number>();
  for (const text of texts) found.set(text, (found.get(text) ?? 0) + 1);
  return found;
}

/** Shortest and longest time between the packets of one broadcast, ms, as the kernel stamped them. */
function packetGaps(lines: readonly string[]): { shortest: number; longest: number } {
  const gaps: number[] = [];
  let lastMs = 0;
  for (const line of lines) {
    const [, seconds, frame = ""] = /^\((\S+)\) \S+ (\S+)/.exec(line) ?? [];
    const isOpening = frame.startsWith("1CECFF00#");
    if (!isOpening && !frame.startsWith("1CEBFF00#")) continue;
    if (!isOpening) gaps.push(Number(seconds) * 1_000 - lastMs);
    lastMs = Number(seconds) * 1_000;
  }
  return { shortest: Math.min(...gaps), longest: Math.max(...gaps) };
}
