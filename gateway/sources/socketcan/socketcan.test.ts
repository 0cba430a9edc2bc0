import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { busProblem } from "../can/bus-hints.ts";
import { decodeErrorFrame } from "./error-frame.ts";
import { type InterfaceState, readInterface } from "./interface-state.ts";
import { countsErrorFrames, InterfaceWatch } from "./interface-watch.ts";
import { type LinkDetails, parseLinkDetails } from "./link-details.ts";
import { LossCount } from "./loss-count.ts";

describe("readInterface", () => {
  const root = mkdtempSync(join(tmpdir(), "firebreak-net-"));
  const put = (name: string, flags: string, isReal: boolean) => {
    mkdirSync(join(root, name, "statistics"), { recursive: true });
    const files = { ifindex: "7", flags, operstate: "up" };
    for (const [file, text] of Object.entries(files))
      writeFileSync(join(root, name, file), `${text}\n`);
    const counts = { rx_packets: 100, tx_packets: 20, rx_over_errors: 3 };
    for (const [file, count] of Object.entries(counts))
      writeFileSync(join(root, name, "statistics", file), `${count}\n`);
    if (isReal) symlinkSync("/", join(root, name, "device"));
  };

  test("tells up from down, and what a socket should have seen of a real and a virtual one", () => {
    put("can0", "0x400c1", true);
    put("vcan0", "0x400c0", false);
    expect(readInterface("can0", root)).toEqual({
      index: 7,
      isUp: true,
      isVirtual: false,
      frames: 120,
      overruns: 3,
    });
    expect(readInterface("vcan0", root)).toMatchObject({
      isUp: false,
      isVirtual: true,
      frames: 100,
    });
    expect(readInterface("can1", root)).toBeUndefined();
    rmSync(root, { recursive: true });
  });
});

describe("LossCount", () => {
  test("what waits in the buffer is not lost, what never comes is, and a replug loses nothing", () => {
    const loss = new LossCount();
    loss.open(1_000, 0);
    loss.stampedAfter(1_000);
    loss.sample(1_100, 10, 40);
    loss.noteFrame(10, 99);
    expect(loss.isWaiting).toBe(true);
    loss.noteFrame(11, 100);
    expect([loss.lost, loss.isWaiting]).toEqual([0, false]);
    loss.sample(1_500, 20, 150);
    loss.settle(250);
    expect(loss.lost).toBe(250);
    loss.sample(5, 30, 250);
    loss.settle(250);
    loss.sample(15, 40, 250);
    loss.settle(260);
    expect(loss.lost).toBe(250);
    loss.sample(16, 50, 260);
    loss.dropSample();
    loss.noteFrame(60, 260);
    expect(loss.lost).toBe(250);
  });

  test("frames that waited for the first reading have the time of reading, and count none as lost", () => {
    const loss = new LossCount();
    loss.open(0, 0);
    loss.sample(900, 10, 50);
    for (let read = 50; read < 800; read++) loss.noteFrame(11 + read, read);
    expect(loss.isWaiting).toBe(true);
    loss.stampedAfter(1_000);
    for (let read = 800; read < 1_000; read++) loss.noteFrame(11 + read, read);
    expect([loss.lost, loss.isWaiting]).toEqual([0, true]);
    loss.noteFrame(1_200, 1_000);
    expect([loss.lost, loss.isWaiting]).toEqual([0, false]);
    loss.sample(1_400, 1_300, 1_001);
    loss.noteFrame(1_301, 1_390);
    expect(loss.lost).toBe(10);
  });

  test("whatever waits and whatever is lost: never more is told than was, and all once nothing waits", () => {
    const step = fc.record({ arrive: fc.nat(50), lose: fc.nat(20), read: fc.nat(80) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), fc.nat(1_000), (steps, early) => {
        const loss = new LossCount();
        loss.open(early, 0);
        loss.stampedAfter(early);
        const buffer: number[] = [];
        let [received, lost, done, atUs] = [early, 0, 0, 0];
        const readOne = () => {
          loss.noteFrame(buffer.shift() ?? 0, done);
          done++;
        };
        for (const { arrive, lose, read } of steps) {
          for (let at = 0; at < arrive; at++) buffer.push(++atUs);
          // A full buffer loses the newest.
          const dropped = Math.min(lose, arrive);
          buffer.length -= dropped;
          received += arrive;
          lost += dropped;
          if (!loss.isWaiting) loss.sample(received, atUs, done);
          for (let at = 0; at < read && buffer.length > 0; at++) readOne();
          expect(loss.lost).toBeLessThanOrEqual(lost);
        }
        while (buffer.length > 0) readOne();
        loss.settle(done);
        loss.sample(received, atUs, done);
        loss.settle(done);
        expect(loss.lost).toBe(lost);
      }),
    );
  });
});

test.each([
  [0x04, [0, 0x10], "error-passive", false, false],
  [0x04, [0, 0x20], "error-passive", false, false],
  [0x04, [0, 0x08], "error-warning", false, false],
  [0x04, [0, 0x40], "error-active", false, false],
  [0x04, [0, 0x01], undefined, true, false],
  [0x40, [0, 0], "bus-off", false, false],
  [0x100, [0, 0], "error-active", false, false],
  [0x88, [0, 0, 4], undefined, false, true],
  [0x20, [], undefined, false, true],
  [0x200, [0, 0x10], undefined, false, false],
])(
  "the error frame of class %i with %j says %s",
  (classes, data, controller, isOverrun, isBusError) => {
    expect(decodeErrorFrame(classes, Uint8Array.from(data))).toEqual({
      ...(controller ? { controller } : {}),
      isOverrun,
      isBusError,
    });
  },
);

test.each([
  [
    '[{"ifname":"can0","linkinfo":{"info_kind":"can","info_data":{"ctrlmode":["LISTEN-ONLY"],"state":"ERROR-PASSIVE","bittiming":{"bitrate":250000}}}}]',
    { controller: "error-passive", bitRate: 250_000, isListenOnly: true },
  ],
  [
    '[{"linkinfo":{"info_kind":"can","info_data":{"state":"STOPPED"}}}]',
    { controller: "stopped", isListenOnly: false },
  ],
  ['[{"linkinfo":{"info_kind":"vcan"}}]', {}],
  ["[]", {}],
  ["null", {}],
  ["no json", {}],
])("what ip says as %s", (text, details) => expect(parseLinkDetails(text)).toEqual(details));

test("kernels before 5.17 count error frames as received", () => {
  expect(["4.19.0", "5.10.103-v8+", "5.17.0", "6.1.0-56-amd64"].map(countsErrorFrames)).toEqual([
    true,
    true,
    false,
    false,
  ]);
});

describe("InterfaceWatch", () => {
  const there = { index: 3, isUp: true, isVirtual: false, frames: 0, overruns: 0 };

  function watch() {
    let nowMs = Date.UTC(2026, 0, 1, 10);
    let found: InterfaceState | undefined = { ...there };
    let details: LinkDetails = {};
    const clock = { nowMs: () => nowMs, monotonicMs: () => nowMs };
    const ports = {
      clock,
      read: () => found,
      readDetails: async () => details,
      countsErrorFrames: false,
    };
    const watched = new InterfaceWatch("can0", ports);
    return {
      watched,
      set: (next: Partial<InterfaceState>) => {
        found = { ...there, ...found, ...next };
      },
      remove: () => {
        found = undefined;
      },
      setDetails: (next: LinkDetails) => {
        details = next;
      },
      async pass(seconds: number) {
        nowMs += seconds * 1_000;
        const said = watched.look();
        await Promise.resolve();
        await Promise.resolve();
        return said;
      },
      nowUs: () => nowMs * 1_000,
      problem: () => busProblem(watched.state, nowMs),
    };
  }

  test("A2, A3: down and gone are told with the time they began, and a new interface of the name is another", async () => {
    const { watched, set, remove, pass, problem, nowUs } = watch();
    await pass(0);
    watched.opened();
    watched.noteFrame(nowUs());
    expect(problem()).toBe("");
    set({ isUp: false });
    expect(await pass(1)).toBe("there");
    await pass(3);
    expect(problem()).toBe(
      "can0: no bus since 10:00:01Z; the interface is down: ip link set can0 up",
    );
    remove();
    expect(await pass(1)).toBe("gone");
    expect(problem()).toMatch(/no bus since 10:00:05Z; there is no such interface: adapter unplug/);
    set({ index: 4, isUp: true });
    expect(await pass(1)).toBe("there");
    expect(problem()).toMatch(/silent since 10:00:01Z/);
    set({ index: 5 });
    expect(await pass(1)).toBe("replaced");
  });

  test("A4: bus-off and error-passive are told with what to look at, from error frames or from ip", async () => {
    const { watched, setDetails, pass, problem, nowUs } = watch();
    await pass(0);
    watched.noteError(0x04, Uint8Array.of(0, 0x20));
    expect(problem()).toMatch(/error-passive since 10:00:00Z; wrong bit rate, wiring or no term/);
    watched.noteError(0x40, new Uint8Array(8));
    expect(problem()).toMatch(/bus-off since 10:00:00Z; short circuit, wrong bit rate/);
    expect(watched.counts.busOffs).toBe(1);
    setDetails({ controller: "error-active", bitRate: 500_000 });
    await pass(2);
    expect(watched.controller).toBe("error-active");
    expect(watched.bitRate).toBe(500_000);
    watched.noteFrame(nowUs());
    await pass(0);
    expect(problem()).toBe("");
  });

  test("error frames that another program sends over a virtual interface are none that was lost", async () => {
    const { watched, set, pass } = watch();
    set({ isVirtual: true });
    await pass(0);
    watched.opened();
    set({ frames: 1 });
    watched.noteError(0x40, new Uint8Array(8));
    for (let at = 0; at < 12; at++) await pass(0.25);
    expect(watched.counts).toMatchObject({ lostFrames: 0, busOffs: 1 });
  });

  test("A1: what was lost is told with number and time, and for a minute only", async () => {
    const { watched, set, pass, problem, nowUs } = watch();
    await pass(0);
    watched.opened();
    set({ frames: 40, overruns: 2 });
    for (let at = 0; at < 10; at++) await pass(1);
    watched.noteFrame(nowUs());
    await pass(0);
    expect(watched.counts).toMatchObject({ lostFrames: 40, controllerOverruns: 2 });
    expect(problem()).toBe("can0: CAN overload, 42 frames lost 10:00:01Z-10:00:05Z");
    await pass(60);
    watched.noteFrame(nowUs());
    await pass(0);
    expect(problem()).toBe("");
  });
});
