import type { Plan } from "@firebreak/plans/plan-schema.ts";
import type { ScenarioMachine } from "@firebreak/simulator/scenarios/scenario-machine.ts";
import type { ScenarioCode } from "@firebreak/simulator/scenarios/scenario-schema.ts";
import type { TrueProblem } from "./outcome.ts";

const hourMs = 3_600_000;
const isoAt = (ms: number) => new Date(ms).toISOString();

/** What really was the matter with a machine in a run, for whoever compares; the hub never sees it. */
export function trueProblemsOf(
  { faults, orderedCodes }: Pick<ScenarioMachine, "faults" | "orderedCodes">,
  {
    plan,
    startMs,
    endMs,
  }: { readonly plan: Plan; readonly startMs: number; readonly endMs: number },
): readonly TrueProblem[] {
  const worn = faults().map((one) => {
    const { fault, failureMode, from, visibleAt, failedAt, repairedAt, stopsTheMachine } = one;
    const course = { from, visibleAt, failedAt, repairedAt, stopsTheMachine };
    const component = componentOf(plan, failureMode);
    return { what: fault, faultCode: failureMode, component, ...course, onsets: 1 };
  });
  const told = orderedCodes.map((code) => {
    const from = isoAt(startMs + code.fromHour * hourMs);
    const what = `SPN ${code.spn} FMI ${code.fmi}`;
    const onsets = onsetsOf(code, (endMs - startMs) / hourMs);
    const faultCode = meaningOf(plan, code);
    return {
      what,
      faultCode,
      component: componentOf(plan, faultCode),
      from,
      visibleAt: from,
      failedAt: null,
      repairedAt: null,
      stopsTheMachine: false,
      onsets,
    };
  });
  return [...worn, ...told];
}

const componentOf = ({ service }: Plan, failureMode: string): string =>
  service.failureModes[failureMode]?.component ?? "";

export function meaningOf({ service }: Plan, { sa, spn, fmi }: ScenarioCode): string {
  const modes = Object.entries(service.failureModes);
  const mode = modes.find(([, { dtcs = [] }]) =>
    dtcs.some(
      (one) => one.spn === spn && one.fmis?.includes(fmi) !== false && (one.sa ?? sa) === sa,
    ),
  );
  return mode?.[0] ?? "uncatalogued";
}

export function onsetsOf({ fromHour, untilHour, flaps }: ScenarioCode, hours: number): number {
  const lastsHours = Math.min(untilHour ?? hours, hours) - fromHour;
  if (!flaps) return 1;
  return Math.ceil((lastsHours * 3_600) / (flaps.onSeconds + flaps.offSeconds));
}
