import { dictionaryOfPlan } from "@firebreak/plans/dictionary-of-plan.ts";
import { loadPlan } from "@firebreak/plans/load-plans.ts";
import { createRuleEngine } from "@firebreak/rules/engine/rule-engine.ts";
import { sharedData } from "@firebreak/test/shared-data.ts";
import { describe, expect, test } from "vitest";
import { recordingBatches } from "./recording-batches.ts";

const file = sharedData("can/jd5055e_LeftSensorUnplugged-CheckEngine-1of3.log");

describe.skipIf(file === undefined)("a real machine with an unplugged oil pressure sensor", () => {
  test("the finding shows what the machine was doing as the code began", async () => {
    const plan = loadPlan("loader-tractor");
    const dictionary = dictionaryOfPlan(plan);
    const epoch = "1".repeat(32);
    const batches = await recordingBatches(file ?? "", { plan, epoch, startNs: 0n });
    const engine = createRuleEngine({ planOf: () => plan });
    const found = batches.flatMap(({ batch }) =>
      engine.process({ machineId: "M-1", epoch, receivedMs: 0, batch, dictionary }),
    );
    const piece = found
      .flatMap(({ evidence }) => evidence)
      .find((one) => one.kind === "dtc" && one.spn === 100);
    expect(piece).toMatchObject({ kind: "dtc", spn: 100, fmi: 4 });
    const { onset = [], life } = piece?.kind === "dtc" ? piece : {};
    expect(life?.messages).toBeGreaterThan(0);
    const values = new Map(onset.map((one) => [one.signal, one]));
    expect(values.get("engineOilPressure")).toMatchObject({ value: null, quality: "error" });
    expect(values.get("engineSpeed")).toMatchObject({ unit: "rpm", quality: "good" });
    expect(values.get("engineSpeed")?.ageSeconds).toBeLessThan(1);
  });
});
