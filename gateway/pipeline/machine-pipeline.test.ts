import { dictionaryOfPlan } from "@firebreak/plans/dictionary-of-plan.ts";
import { Quality } from "@firebreak/wire/quality.ts";
import { SampleColumns } from "@firebreak/wire/sample-columns.ts";
import { describe, expect, test } from "vitest";
import { dm1, tractorPlan } from "../test-source.fixture.ts";
import { MachinePipeline } from "./machine-pipeline.ts";

const bootNs = 1_780_000_000_000_000_000n;
const hourNs = 3_600_000_000_000n;

/** A pipeline, what it is given at a time, and what comes out of it. */
function startPipeline() {
  const stamps: bigint[] = [];
  const codes: string[] = [];
  const dictionary = dictionaryOfPlan(tractorPlan);
  const pipeline = new MachinePipeline({
    machineId: "M",
    acquisition: tractorPlan.acquisition,
    dictionary,
    sink: {
      append({ samples, events }) {
        for (let row = 0; row < samples.length; row++) stamps.push(samples.timeNs(row));
        for (const event of events)
          if (event.kind === "dtc-change") codes.push(`${event.dtc.spn} ${event.state}`);
        return true;
      },
      whenRoom: () => Promise.resolve(),
    },
    batchAgeMs: 1_000,
    clock: { nowMs: () => 0, monotonicMs: () => 0 },
  });
  const give = (timeNs: bigint, value: number, spn = 0) => {
    const samples = new SampleColumns(timeNs, 1);
    samples.push(0, 0, value, Quality.good);
    pipeline.intake.deliver(samples, [dm1(spn, timeNs)]);
  };
  return { pipeline, give, stamps, codes };
}

describe("a clock that was eight hours ahead and is set right", () => {
  test("samples are where they belong, and new trouble codes are told", () => {
    const { pipeline, give, stamps, codes } = startPipeline();
    give(bootNs + 8n * hourNs, 1_000);
    pipeline.clockSetBack();
    give(bootNs + 1_000_000_000n, 2_000, 110);
    give(bootNs + 2_000_000_000n, 3_000, 110);
    pipeline.flush();
    expect(stamps.map((stampNs) => stampNs - bootNs)).toEqual([
      8n * hourNs,
      1_000_000_000n,
      2_000_000_000n,
    ]);
    expect(codes).toEqual(["110 active"]);
  });
});
