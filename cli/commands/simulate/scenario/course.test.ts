import type { ScenarioEvent } from "@firebreak/simulator/scenarios/scenario-schema.ts";
import { expect, test } from "vitest";
import { createCourse } from "./course.ts";

const hourMs = 3_600_000;
const outage = (atHour: number, hours: number): ScenarioEvent => ({
  ...{ event: "gateways-offline", group: "PUMP", atHour, hours },
});

test("an outage is over in the step that it ends in, one within a step in the next: never not at all", () => {
  const [long, brief] = [outage(0.5, 2), outage(1.2, 0.1)];
  const course = createCourse([long, brief], 0);
  const steps = [0, 1, 2, 3].map((hour) => course(hour * hourMs, (hour + 1) * hourMs));
  expect(steps).toEqual([
    { begun: [long], over: [] },
    { begun: [brief], over: [] },
    { begun: [], over: [brief, long] },
    { begun: [], over: [] },
  ]);
});
