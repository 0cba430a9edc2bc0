import {
  bundle,
  Machine,
  machineNode,
  obstacleToMachine,
} from "@firebreak/test/virtual-machine.fixture.ts";
import { beforeAll, describe, expect, test } from "vitest";

const isSoak = process.env.FIREBREAK_SOAK === "1";
const program = "gateway/sources/socketcan/vcan/in-vm.ts";
/** The simulator on the kernel's CAN, read by others; in the same machine, for starting one takes its time. */
const simulator = "simulator/buses/vcan/in-vm.ts";
/** An emulated processor on a busy computer is slow; on an idle one all takes a minute. */
const limitSeconds = isSoak ? 1_800 : 480;
/** So much longer than on a computer of its own may everything take. */
const slowness = 4;
const reason = obstacleToMachine();
/** Now and then the emulated processor ends a program with a segmentation fault, at no place of ours that is known. */
const crashed = 139;

type Result = Readonly<Record<string, unknown>>;

describe.skipIf(reason !== undefined)("in a machine whose kernel has CAN", () => {
  const results = new Map<string, Result>();
  const resultOf = (scenario: string): Result => {
    const result = results.get(scenario);
    if (result === undefined) throw new Error(`the machine did not come to ${scenario}`);
    expect(result.failed).toBeUndefined();
    return result;
  };

  const names = () => [...results.keys()].join(", ") || "nothing";
  beforeAll(
    async () => {
      const main = await bundle("socketcan", program);
      const simulated = await bundle("simulated-buses", simulator);
      const run = () => {
        results.clear();
        return new Machine({
          options: ["-n", "5", "--pci", "-c", "1", "-t", `${limitSeconds}`, "-e", "FIREBREAK_SOAK"],
          command: `${machineNode} ${main} && exec ${machineNode} ${simulated}`,
          onLine: (line) => {
            if (process.env.FIREBREAK_VCAN_FIGURES) process.stdout.write(`${line}\n`);
            if (!line.startsWith("{")) return;
            const result = JSON.parse(line) as Result & { scenario: string };
            results.set(result.scenario, result);
          },
        }).ended;
      };
      let end = await run();
      if (end.code === crashed) {
        process.stdout.write(
          `machine with CAN: ${end.stderr.trim()}, after ${names()}; once more\n`,
        );
        end = await run();
      }
      const { code, stderr, bootMs, totalMs } = end;
      if (code !== 0 || results.size === 0)
        throw new Error(`the machine ended with ${code} after ${names()}:\n${stderr}`);
      process.stdout.write(`machine with CAN: ${JSON.stringify({ bootMs, totalMs })}\n`);
    },
    2 * (limitSeconds + 60) * 1_000,
  );

  test("A1: two buses at 1,800 frames/s and one at 3,600: none lost, each once and in order", () => {
    const { sent, read, lost, outOfOrder } = resultOf("load");
    const seconds = isSoak ? 60 : 5;
    expect(sent).toEqual({
      vcan0: 1_800 * seconds,
      vcan1: 1_800 * seconds,
      vcan2: 3_600 * seconds,
    });
    expect({ read, lost, outOfOrder }).toEqual({ read: sent, lost: 0, outOfOrder: 0 });
  });

  test("A1: what a burst loses is counted to the frame, and the user reads when and how much", () => {
    const { sent, read, lost, detail } = resultOf("burst");
    expect(lost).toBeGreaterThan(0);
    expect(Number(read) + Number(lost)).toBe(sent);
    expect(detail).toMatch(
      /^vcan0: CAN overload, \d+ frames lost \d\d:\d\d:\d\dZ-\d\d:\d\d:\d\dZ$/,
    );
  });

  test("A2: an interface that goes down is told, no value is made up, and it resumes within 5 s of up", () => {
    const { noticedMs, resumedMs, detail, samplesInGap, opened } = resultOf("down");
    expect(noticedMs).toBeLessThan(2_000 * slowness);
    expect(resumedMs).toBeLessThan(5_000 * slowness);
    expect(samplesInGap).toBe(0);
    expect(opened).toBe(1);
    expect(detail).toMatch(/^vcan1: no bus since .*; the interface is down: ip link set vcan1 up$/);
  });

  test("A3: an interface that was deleted and made again is read within 10 s, every time, and no file stays open", () => {
    const { replugs, resumedMs, files, opened, lostFrames, detail } = resultOf("replug");
    expect(resumedMs).toBeLessThan(10_000 * slowness);
    expect(opened).toBe(Number(replugs) + 1);
    expect(files).toBeLessThanOrEqual(1);
    expect(lostFrames).toBe(0);
    expect(detail).toMatch(/^vcan2: no bus since .*adapter unplugged\?$/);
  });

  test("A4: error-passive and bus-off are named with what to look at, a restart ends them, and listen-only never sends", () => {
    const { details, ...counts } = resultOf("errors");
    expect(details).toEqual([
      expect.stringMatching(/^vcan0: error-passive since .*no termination\?$/),
      expect.stringMatching(/^vcan0: bus-off since .*short circuit, wrong bit rate/),
      expect.stringMatching(/^vcan0: silent since .*wrong bit rate, or no termination\?$/),
    ]);
    // The emulated cards have no error counters; so the errors are frames of the kernel's kind, sent by another program.
    expect(counts).toMatchObject({
      controller: "bus-off",
      controllerAfter: "error-active",
      busOffs: 1,
      errorFrames: 3,
      requests: 0,
      sentByUs: 0,
    });
  });

  test("on a bus that may be asked nothing is sent but the plan's requests, at most one a second; on one that only listens nothing", () => {
    const { asked, ours, witnessed, lost } = resultOf("requests");
    const frames = ours as readonly { seconds: number; name: string; id: string; data: string }[];
    expect(witnessed).toEqual(["vcan3", "vcan4"]);
    expect([...new Set(frames.map(({ name, id, data }) => `${name} ${id}#${data}`))]).toEqual([
      "vcan3 18EAFFF9#E5FE00",
      "vcan3 18EAFFF9#E9FE00",
      "vcan3 18EAFFF9#ECFE00",
    ]);
    expect({ asked, lost }).toEqual({ asked: frames.length, lost: 0 });
    // Between the look at the clock and the frame an emulated processor may be away for a while.
    for (const [at, { seconds }] of frames.entries())
      expect(seconds - (frames[at - 1]?.seconds ?? 0)).toBeGreaterThan(0.75);
  });

  test("A12: after five seconds stopped, all that came meanwhile is read from the kernel's buffer", () => {
    const { sent, read, lost, outOfOrder } = resultOf("stopped");
    expect({ read, lost, outOfOrder }).toEqual({ read: sent, lost: 0, outOfOrder: 0 });
  });

  test("messages of many packets from the kernel's own J1939 arrive byte for byte, announced and by handshake", () => {
    expect(resultOf("transport")).toMatchObject({
      broadcast: true,
      addressed: true,
      multiPacketMessages: 2,
      brokenTransports: 0,
    });
  });

  test("a controller tells its bit rate and state; frames from one card to the other are read, or its overrun is told", () => {
    const { sent, read, lost, overruns, status } = resultOf("card");
    expect(lost).toBe(0);
    // The controller holds five frames, which an emulated processor may be too late for.
    if (read !== sent) expect(overruns).toBeGreaterThan(0);
    expect(read).toBeGreaterThan(Number(sent) / 2);
    expect(status).toMatchObject({ bitRate: 250_000, controller: "error-active" });
  });

  test("a simulated engine on the kernel's CAN is read by candump, the kernel's J1939 and the gateway", () => {
    const { dumped, packetGapsMs, kernel, gateway, dropped } = resultOf("simulated");
    const frames = dumped as Readonly<Record<string, number>>;
    expect(Object.keys(frames)[0]).toMatch(/^18EEFF00#.{14}30$/);
    expect(frames["0CF00400#FFFFFFE02EFFFFFF"]).toBeGreaterThan(20);
    const { shortest, longest } = packetGapsMs as { shortest: number; longest: number };
    // The standard's 50 to 200 ms; an emulated processor may be away for a while, but is never early.
    expect(shortest).toBeGreaterThan(45);
    expect(longest).toBeLessThan(200 * slowness);
    const messages = kernel as readonly { pgn: number; sa: number; hex: string }[];
    const hexOf = (pgn: number) => messages.find((one) => one.pgn === pgn)?.hex;
    expect(hexOf(65_226)).toBe("04ff6500010166000201670003016800040169000501");
    expect(Buffer.from(hexOf(65_259) ?? "", "hex").toString()).toBe("MAKER*MODEL*M1*0*");
    // Not available to whom asks alone: refused with the asker's address and the group's number.
    expect(hexOf(59_392)).toBe("01ffffff90e6fe00");
    expect(gateway).toMatchObject({ speed: 1_500, hours: 1_234.5, brokenTransports: 0 });
    expect(dropped).toBe(0);
  });
});
