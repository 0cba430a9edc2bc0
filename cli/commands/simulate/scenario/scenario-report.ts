import type { Organisation } from "@firebreak/simulator/scenarios/organisation-schema.ts";
import type { Scenario } from "@firebreak/simulator/scenarios/scenario-schema.ts";
import type { Ticket } from "@firebreak/tickets/ticket.ts";
import { type Comparison, compareWithTruth } from "./compare-truth.ts";
import { type JudgedCondition, judgeCondition } from "./judge-conditions.ts";
import type { Outcome } from "./outcome.ts";
import { failuresIn, figuresOf, type OrganisationFigures } from "./service-figures.ts";

/** What `simulate --scenario` says. Times are of the scenario, hours too, unless said. */
export interface ScenarioReport {
  /** Always true: nothing of it was measured on a machine. */
  readonly simulated: true;
  readonly scenario: string;
  readonly title: string;
  readonly seed: number;
  readonly from: string;
  readonly hours: number;
  readonly stepMinutes: number;
  /** Of this computer. */
  readonly tookSeconds: number;
  readonly machines: number;
  readonly samples: number;
  readonly batchesSentAgain: number;
  readonly found: readonly Comparison[];
  readonly missed: readonly Comparison[];
  readonly false: readonly TicketLine[];
  /** Of another failure mode on a machine that has one. */
  readonly others: readonly TicketLine[];
  readonly leadHours: { readonly least: number; readonly median: number } | null;
  /** Of each organisation, where there are some; what is found and missed is of the last. */
  readonly organisations: readonly OrganisationFigures[];
  readonly conditions: readonly JudgedCondition[];
  readonly isPassed: boolean;
}

/** What came of the scenario with one of its organisations. */
export interface Served {
  readonly organisation: Organisation;
  readonly outcome: Outcome;
}

export type TicketLine = Pick<
  Ticket,
  "ticketId" | "machineId" | "kind" | "trigger" | "faultCode" | "createdAt"
>;

export function toReport(
  scenario: Scenario,
  run: {
    readonly outcome: Outcome;
    readonly undisturbed?: Outcome | undefined;
    readonly organisations?: readonly Served[];
  },
  tookSeconds: number,
): ScenarioReport {
  const { outcome } = run;
  const compared = compareWithTruth(outcome);
  const organisations = figuresOfAll(scenario, run.organisations ?? []);
  const judged = { ...run, organisations, compared };
  const conditions = scenario.conditions.map((one) => judgeCondition(one, judged));
  const { scenario: name, title, seed, from, hours, stepMinutes } = scenario;
  return {
    simulated: true,
    ...{ scenario: name, title, seed, from, hours, stepMinutes, tookSeconds },
    machines: outcome.machines.length,
    samples: outcome.machines.reduce((sum, { sent }) => sum + sent, 0),
    batchesSentAgain: outcome.sentAgain,
    found: compared.found,
    missed: compared.missed,
    false: compared.false.map(toLine),
    others: compared.others.map(toLine),
    leadHours: leadOf(compared.found),
    organisations,
    conditions,
    isPassed: conditions.every(({ isMet }) => isMet),
  };
}

/** True failure dates are those of the organisations in which nobody acts. */
function figuresOfAll(
  { from, hours }: Scenario,
  served: readonly Served[],
): readonly OrganisationFigures[] {
  const endMs = Date.parse(from) + hours * 3_600_000;
  const unserved = served.filter(({ organisation }) => organisation.people === undefined);
  const failures = new Map(unserved.flatMap(({ outcome }) => [...failuresIn(outcome)]));
  return served.map(({ organisation, outcome }) =>
    figuresOf(organisation, outcome, { endMs, failures }),
  );
}

const toLine = ({
  ticketId,
  machineId,
  kind,
  trigger,
  faultCode,
  createdAt,
}: Ticket): TicketLine => ({
  ...{ ticketId, kind, trigger, createdAt },
  ...(machineId === undefined ? {} : { machineId }),
  ...(faultCode === undefined ? {} : { faultCode }),
});

function leadOf(found: readonly Comparison[]): ScenarioReport["leadHours"] {
  const leads = found.flatMap(({ leadHours }) => (leadHours === null ? [] : [leadHours]));
  const sorted = leads.sort((one, other) => one - other);
  const [least] = sorted;
  const median = sorted[Math.floor(sorted.length / 2)];
  return least === undefined || median === undefined ? null : { least, median };
}

const shownLines = 20;

/** For a terminal. */
export function reportText(report: ScenarioReport): string {
  const { scenario, title, leadHours, found, missed, conditions } = report;
  const { false: wrong, others } = report;
  const lead = leadHours
    ? `, lead time ${leadHours.median.toFixed(1)} h (median; least ${leadHours.least.toFixed(1)} h)`
    : "";
  const counts = `found ${found.length}, missed ${missed.length}, false ${wrong.length}, others ${others.length}${lead}`;
  const problems = [...missed, ...found]
    .slice(0, shownLines)
    .map(
      ({ machineId, what, openedAt, failedAt }) =>
        `  ${machineId} ${what}: ticket ${openedAt ?? "none"}, failed ${failedAt ?? "not yet"}`,
    );
  const words = conditions.map(
    ({ condition, isMet, detail }) => `  ${isMet ? "met    " : "NOT MET"} ${condition}: ${detail}`,
  );
  return [
    `${scenario} (simulated, seed ${report.seed}): ${title}`,
    `${report.machines} machines, ${report.hours} h from ${report.from}, ${report.samples} samples, took ${report.tookSeconds.toFixed(0)} s`,
    counts,
    ...problems,
    ...report.organisations.flatMap(figureLines),
    ...words,
    report.isPassed ? "passed" : "failed",
    "",
  ].join("\n");
}

function figureLines({ name, tickets, calls, refused, figures }: OrganisationFigures): string[] {
  const lines = Object.entries(figures).flatMap(([figure, { mean, p50, p90, count }]) =>
    mean === null
      ? []
      : [`    ${figure} ${shown(mean)} (p50 ${shown(p50)}, p90 ${shown(p90)}, of ${count})`],
  );
  const not = Object.entries(refused).map(([what, times]) => `${what} ${times}`);
  const told = not.length > 0 ? `, not taken: ${not.join(", ")}` : "";
  return [`  ${name} (simulated): ${tickets} tickets, ${calls} calls${told}`, ...lines];
}

const shown = (value: number | null): string => (value === null ? "-" : value.toFixed(2));
