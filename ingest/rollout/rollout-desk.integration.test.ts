import type { Database } from "@firebreak/kit/database.ts";
import { describeEachDatabase } from "@firebreak/kit/each-database.fixture.ts";
import { silentLogger } from "@firebreak/kit/logger.ts";
import type { ConfigurationCommand, ConfigurationState } from "@firebreak/wire/configuration.ts";
import { expect, test } from "vitest";
import { openRolloutDesk, type RolloutDesk } from "./rollout-desk.ts";
import { loadRollouts } from "./rollout-tables.ts";

const ids = ["G1", "G2", "G3"];
const text = "version: 1\nbatchAgeMs: 2000\n";

/** A hub whose gateways answer as they are told to, and whose clock stands until it is moved. */
class World {
  nowMs = Date.UTC(2026, 0, 1);
  readonly sent: { readonly gatewayId: string; readonly command: ConfigurationCommand }[] = [];
  desk!: RolloutDesk;

  async open(db: Database): Promise<void> {
    this.desk = await openRolloutDesk({
      db,
      storeId: "store-1",
      clock: { nowMs: () => this.nowMs, monotonicMs: () => this.nowMs },
      log: silentLogger,
      fleet: async () =>
        ids.map((gatewayId) => ({ gatewayId, machines: [{ machineId: "M", plan: "p" }] })),
      facts: { isOnline: () => true, lastBatchMs: () => this.nowMs, lost: () => 0 },
      hasBatchSince: (_, { number }) => number <= 10,
      send: (gatewayId, command) => {
        this.sent.push({ gatewayId, command });
        return true;
      },
      check: async () => [],
      tickMs: 3_600_000,
    });
  }

  async say(gatewayId: string, version: number, state: ConfigurationState): Promise<void> {
    const command = this.sent.findLast((one) => one.command.version === version)?.command;
    const name = { version, hash: command?.hash ?? "" };
    this.desk.hear(gatewayId, {
      protocol: 1,
      running: name,
      newest: { ...name, state, reason: "", problems: [] },
      since: { epoch: "e", number: 5 },
    });
    await this.desk.tick();
  }

  states(rolloutId: string): string {
    const found = this.desk.list().find((one) => one.rolloutId === rolloutId);
    return `${found?.state}: ${found?.targets.map(({ state }) => state).join(" ")}`;
  }
}

const settings = { canaryCount: 1, soakMs: 1_000, wavePercent: 100 };

describeEachDatabase("roll-outs", (open) => {
  test("a hub that was ended in the middle goes on where it was, and takes back to what was before", async () => {
    const db = await open();
    const world = new World();
    await world.open(db);
    await world.desk.create({ rolloutId: "r1", title: "one", text, settings }, "admin");
    await world.desk.create({ rolloutId: "r1", title: "one", text, settings }, "admin");
    expect(world.desk.list()).toHaveLength(1);
    await world.desk.tick();
    await world.say("G1", 1, "trying");
    expect(world.sent.map(({ command }) => command.kind)).toEqual(["try", "confirm"]);
    await world.say("G1", 1, "confirmed");
    expect(world.states("r1")).toBe("running: confirmed waiting waiting");
    await world.desk.stop();

    await world.open(db);
    world.nowMs += 2_000;
    await world.desk.tick();
    await world.desk.tick();
    expect(world.states("r1")).toBe("running: confirmed sent sent");
    const overlap = { rolloutId: "r2", title: "two", text, settings };
    await expect(world.desk.create(overlap, "admin")).rejects.toMatchObject({
      code: "ROLLOUT_OVERLAP",
    });
    await world.say("G2", 1, "confirmed");
    await world.desk.order("r1", "pause");
    await world.say("G3", 1, "refused");
    expect(world.states("r1")).toBe("paused: confirmed confirmed refused");
    await world.desk.order("r1", "resume");
    await world.desk.tick();
    expect(world.states("r1")).toBe("stopped: confirmed confirmed refused");

    await world.desk.rollBack("r1", "back", "admin");
    await world.desk.tick();
    expect(world.states("back")).toBe("running: sent sent");
    const last = world.sent.at(-1)?.command;
    expect(last).toMatchObject({ kind: "try", version: 2, text: "version: 1\n" });
    await world.say("G1", 2, "confirmed");
    await world.say("G2", 2, "confirmed");
    expect(world.states("back")).toBe("done: confirmed confirmed");
    await world.desk.stop();
  });

  test("a version above all that gateways name, also after the hub went back to an older copy", async () => {
    const world = new World();
    await world.open(await open());
    await world.say("G2", 41, "confirmed");
    const made = await world.desk.create({ rolloutId: "r", title: "t", text, settings }, "admin");
    expect(made.version).toBe(42);
    await world.desk.tick();
    await world.desk.tick();
    // Unanswered words are repeated, not poured out.
    expect(world.sent).toHaveLength(1);
    world.nowMs += 10_000;
    await world.desk.tick();
    expect(world.sent).toHaveLength(2);
    await world.desk.order("r", "cancel");
    expect(world.states("r")).toBe("cancelled: sent untouched untouched");
    await expect(world.desk.order("r", "resume")).rejects.toMatchObject({ code: "ROLLOUT_STATE" });
    await world.desk.stop();
  });

  test("what was taken over by another roll-out is not taken back while that one goes on", async () => {
    const world = new World();
    await world.open(await open());
    const all = { ...settings, canaryCount: 3 };
    await world.desk.create({ rolloutId: "a", title: "a", text, settings: all }, "admin");
    await world.desk.tick();
    for (const id of ids) await world.say(id, 1, "confirmed");
    expect(world.states("a")).toBe("done: confirmed confirmed confirmed");
    const b = { rolloutId: "b", title: "b", text, gateways: ["G2"], settings };
    const { targets } = await world.desk.create(b, "admin");
    expect(targets).toMatchObject([{ gatewayId: "G2", version: 2, previousVersion: 1 }]);
    await expect(world.desk.rollBack("a", "back", "admin")).rejects.toMatchObject({
      code: "ROLLOUT_OVERLAP",
    });
    expect(world.desk.list().map(({ rolloutId }) => rolloutId)).toEqual(["b", "a"]);
    await world.desk.order("b", "cancel");
    await world.desk.rollBack("a", "back", "admin");
    await world.desk.tick();
    expect(world.states("back")).toBe("running: sent sent sent");
    await world.desk.stop();
  });

  test("an old roll-out that is not over is loaded beside the newest", async () => {
    const world = new World();
    const db = await open();
    await world.open(db);
    for (const [at, gatewayId] of ids.entries()) {
      const order = { rolloutId: `r${at}`, title: "t", text, gateways: [gatewayId], settings };
      await world.desk.create(order, "admin");
      if (at > 0) await world.desk.order(`r${at}`, "cancel");
    }
    await world.desk.stop();
    const loaded = await loadRollouts(db, 1);
    expect(loaded.map(({ rolloutId }) => rolloutId)).toEqual(["r2", "r0"]);
    expect(loaded.map(({ targets }) => targets.map(({ gatewayId }) => gatewayId))).toEqual([
      ["G3"],
      ["G1"],
    ]);
  });
});
