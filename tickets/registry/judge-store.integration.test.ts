import { createDictionary } from "@firebreak/wire/signal-dictionary.ts";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { describeEachDatabase } from "../each-database.fixture.ts";
import { loadHistory } from "../history/history-store.ts";
import { finding } from "../tickets.fixture.ts";
import { openWorld, type World } from "../world.fixture.ts";
import { createJudgeStore, FINDINGS_KEPT, type JudgeStep, type JudgeStore } from "./judge-store.ts";

describeEachDatabase("judge store", (open) => {
  let world: World;
  let store: JudgeStore;
  beforeEach(async () => {
    world = await openWorld(await open());
    store = createJudgeStore(world.db);
  });
  afterEach(() => world.close());

  const commit = (step: JudgeStep) => world.db.transaction((tx) => store.commit(tx, step));
  const machine = {
    machineId: "M-1",
    plan: "loader",
    gatewayId: "G-1",
    dictionaryHash: "abc",
    firstSeenAt: "2026-03-01T08:00:00.000Z",
  };

  describe("createJudgeStore", () => {
    test("starts with nothing and remembers each step whole", async () => {
      expect(await store.loadOffset()).toBeNull();
      const dictionary = createDictionary("loader", []);
      await commit({
        offset: 10,
        machines: [machine],
        dictionaries: [dictionary],
        states: [{ machineId: "M-1", text: "one", upTo: 10 }],
        findings: [finding()],
      });
      await commit({
        offset: 2 ** 52,
        machines: [{ ...machine, dictionaryHash: "def", firstSeenAt: "2027-01-01T00:00:00.000Z" }],
        dictionaries: [dictionary],
        states: [
          { machineId: "M-1", text: "two", upTo: 2 ** 52 },
          { machineId: "M-0", text: "", upTo: 12 },
        ],
      });
      expect(await store.loadOffset()).toBe(2 ** 52);
      expect(await store.loadDictionaries()).toEqual([dictionary]);
      expect(await store.loadStates()).toEqual([
        { machineId: "M-0", text: "", upTo: 12 },
        { machineId: "M-1", text: "two", upTo: 2 ** 52 },
      ]);
      expect(await store.machines()).toEqual([{ ...machine, dictionaryHash: "def" }]);
      expect(await store.machine("M-1")).toMatchObject({ dictionaryHash: "def" });
      expect(await store.machine("M-2")).toBeUndefined();
      expect(await store.findings("M-1", 10)).toEqual([finding()]);
    });

    test("keeps offsets of several consumers apart", async () => {
      await commit({ offset: 5 });
      expect(await createJudgeStore(world.db, "other").loadOffset()).toBeNull();
    });

    test("keeps the last phase of a finding, whatever a replay says again", async () => {
      const raised = finding();
      const updated = finding({ phase: "updated", at: "2026-03-01T08:00:20.000Z" });
      const cleared = finding({ phase: "cleared", at: "2026-03-01T08:00:30.000Z" });
      await commit({ offset: 1, findings: [raised, updated, cleared] });
      await commit({ offset: 1, findings: [raised, updated] });
      await commit({
        offset: 1,
        findings: [finding({ phase: "updated", at: "2026-03-01T08:00:30.000Z" })],
      });
      expect(await store.findings("M-1", 10)).toEqual([cleared]);
    });

    test("keeps history, and of each machine only the newest findings", async () => {
      const many = Array.from({ length: FINDINGS_KEPT + 5 }, (_, index) =>
        finding({
          findingId: `f-${index}`,
          isHistory: true,
          at: new Date(Date.parse("2026-03-01T08:00:00Z") + index * 1000).toISOString(),
        }),
      );
      const ofHistory = finding({ findingId: "h-1", at: "2026-02-28T00:00:00.000Z" });
      await commit({ offset: 0, findings: [ofHistory] });
      await commit({ offset: 1, findings: [finding({ machineId: "M-2", findingId: "old" })] });
      await commit({ offset: 2, findings: many });
      const kept = await store.findings("M-1", 1000);
      expect(kept.map(({ findingId }) => findingId)).toEqual(
        [ofHistory, ...many.slice(5)].map(({ findingId }) => findingId).reverse(),
      );
      expect(await store.findings("M-1", 3)).toHaveLength(3);
      expect(await store.findings("M-2", 10)).toHaveLength(1);
      const [known] = await loadHistory(world.db, ["M-1"]);
      expect(known?.told).toEqual([ofHistory]);
    });
  });
});
