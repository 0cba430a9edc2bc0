import { systemClock } from "@firebreak/kit/clock.ts";
import { Quality } from "@firebreak/wire/quality.ts";
import { SampleColumns } from "@firebreak/wire/sample-columns.ts";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { exampleDictionary } from "../example-machine.fixture.ts";
import type { ArrivedBatch } from "../host/host-options.ts";
import { LiveViewKeeper } from "./live-view.ts";

const dictionary = exampleDictionary(2);
let live: LiveViewKeeper;
beforeEach(() => {
  vi.useFakeTimers();
  live = new LiveViewKeeper(systemClock);
});
afterEach(() => {
  live.close();
  vi.useRealTimers();
});

function arrived(offsetNs: number, value: number, receivedAtMs = 1_000): ArrivedBatch {
  const samples = new SampleColumns(0n);
  samples.push(0, offsetNs, value, Quality.good);
  const header = {
    epoch: "",
    number: 1,
    lane: "live",
    dictionary: dictionary.hash,
    baseNs: 0n,
    sampleCount: 1,
    eventCount: 0,
    produced: 1,
    suppressed: 0,
  } as const;
  const batch = { header, samples, events: [] };
  return { gatewayId: "gw", machineId: "m", receivedAtMs, batch, dictionary };
}

describe("live view", () => {
  test("shows the newest value, and late data do not replace it", () => {
    live.take(arrived(100, 7));
    live.take(arrived(50, 3, 500));
    const machine = live.machine("m");
    expect(machine?.signals).toMatchObject([{ name: "signal0", value: 7, quality: "good" }]);
    expect(machine?.lastContact).toBe("1970-01-01T00:00:01.000Z");
  });

  test("tells five times a second at most which machine has changed, and no other", () => {
    const told: string[] = [];
    live.setContact("other", "gw", 5);
    vi.advanceTimersByTime(200);
    live.subscribe((machineId) => void told.push(machineId));
    for (let at = 0; at < 100; at++) {
      live.take(arrived(at, at));
      vi.advanceTimersByTime(10);
    }
    expect(told).toEqual(["m", "m", "m", "m", "m"]);
    live.setOnline({ machineId: "m", gatewayId: "gw", isOnline: true, atMs: 7 });
    vi.advanceTimersByTime(400);
    expect(told).toHaveLength(6);
  });

  test("what was read from it stays as it was when newer values come", () => {
    live.take(arrived(100, 7));
    const before = live.machine("m")?.signals;
    live.take(arrived(200, 8));
    expect(before).toMatchObject([{ value: 7 }]);
    expect(live.machine("m")?.signals).toMatchObject([{ value: 8 }]);
  });

  test("drops a listener that throws and goes on telling the others", () => {
    const told = vi.fn();
    live.subscribe(() => {
      throw new RangeError("closed");
    });
    live.subscribe(told);
    live.take(arrived(1, 1));
    vi.advanceTimersByTime(200);
    live.take(arrived(2, 2));
    vi.advanceTimersByTime(200);
    expect(told).toHaveBeenCalledTimes(2);
  });

  test("is not taken offline by a gateway the machine has left", () => {
    live.setOnline({ machineId: "m", gatewayId: "old", isOnline: true, atMs: 7 });
    live.setOnline({ machineId: "m", gatewayId: "new", isOnline: true, atMs: 7 });
    live.setOnline({ machineId: "m", gatewayId: "old", isOnline: false, atMs: 7 });
    expect(live.machine("m")).toMatchObject({ isOnline: true, gatewayId: "new" });
  });

  test("is not taken offline by a gateway that has brought what it still had of the machine", () => {
    const say = (gatewayId: string, isOnline: boolean) =>
      live.setOnline({ machineId: "m", gatewayId, isOnline, atMs: 7 });
    say("new", true);
    say("old", true);
    live.take({ ...arrived(50, 3), gatewayId: "old" });
    say("old", false);
    live.take({ ...arrived(100, 7), gatewayId: "new" });
    expect(live.machine("m")).toMatchObject({
      isOnline: true,
      staleSince: null,
      gatewayId: "new",
    });
    say("new", false);
    expect(live.machine("m")).toMatchObject({ isOnline: false, staleSince: expect.any(String) });
  });

  test("a clock that was hours ahead holds up no value once it is right", () => {
    const hourMs = 3_600_000;
    const at = (ms: number, value: number) => arrived(ms * 1e6, value);
    vi.setSystemTime(10 * hourMs);
    live.take(at(18 * hourMs, 1));
    // What is late is no sign of the clock being right.
    live.take(at(3 * hourMs, 2));
    expect(live.machine("m")?.signals).toMatchObject([{ value: 1 }]);
    live.take(at(10 * hourMs - 1_000, 3));
    expect(live.machine("m")?.signals).toMatchObject([{ value: 3 }]);
    live.take(at(10 * hourMs - 2_000, 4));
    expect(live.machine("m")?.signals).toMatchObject([{ value: 3 }]);
  });

  test("knows the machines of a gateway, also once one has moved to another", () => {
    live.setContact("other", "gw", 5);
    live.setContact("quiet", "gw", 0);
    live.take(arrived(1, 1));
    const ids = (gatewayId: string) => live.machinesOf(gatewayId).map(({ machineId }) => machineId);
    expect(live.machinesOf("gw")).toEqual([
      { machineId: "other", lastContactMs: 5 },
      { machineId: "quiet", lastContactMs: null },
      { machineId: "m", lastContactMs: 1_000 },
    ]);
    live.setOnline({ machineId: "other", gatewayId: "new", isOnline: true, atMs: 7 });
    expect([ids("gw"), ids("new"), ids("nobody")]).toEqual([["quiet", "m"], ["other"], []]);
    vi.advanceTimersByTime(200);

    const told: string[] = [];
    live.subscribe((machineId) => void told.push(machineId));
    live.touchGateway("gw");
    vi.advanceTimersByTime(200);
    expect(told).toEqual(["quiet", "m"]);
  });
});
