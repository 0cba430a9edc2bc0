import type { ScenarioEvent } from "@firebreak/simulator/scenarios/scenario-schema.ts";

/** What happens in one step: events that begin, and outages that are over. */
export interface Due {
  readonly begun: readonly ScenarioEvent[];
  readonly over: readonly ScenarioEvent[];
}

const hourMs = 3_600_000;

/**
 * Gives the events of one step after the other, from `afterMs` to before `untilMs`. A step is sent as a whole, so an outage
 * that begins and ends in one lasts until the next.
 */
export function createCourse(events: readonly ScenarioEvent[], startMs: number) {
  let brief: readonly ScenarioEvent[] = [];
  return (afterMs: number, untilMs: number): Due => {
    const isDue = (hour: number) => {
      const atMs = startMs + hour * hourMs;
      return atMs >= afterMs && atMs < untilMs;
    };
    const begun = events.filter(({ atHour }) => isDue(atHour));
    const ended = events.filter(
      (event) => event.event === "gateways-offline" && isDue(event.atHour + event.hours),
    );
    const over = [...brief, ...ended.filter((event) => !begun.includes(event))];
    brief = ended.filter((event) => begun.includes(event));
    return { begun, over };
  };
}
