import type { BacktestReport, PlanReport } from "./run-backtest.ts";
import type { BacktestFigures } from "./score-backtest.ts";

const columns = [
  "tickets",
  "right",
  "wrong",
  "unknown",
  "missed",
  "precision",
  "at least",
  "lead days",
  "wasted trips",
] as const;

/** A report to be read: each failure mode with the plans below each other, then all together. Pure. */
export function backtestText(report: BacktestReport): string {
  const { from, to, machines, samples, known, plans, faults } = report;
  const lines = [
    `${from.slice(0, 10)} to ${to.slice(0, 10)}: ${machines.length} machines, ${samples} samples`,
    codesLine(report),
    `known: ${known.failures} failures, ${known.falseAlarms} false alarms`,
    "",
    row("", "", columns),
  ];
  const modes = new Set(plans.flatMap(({ byFailureMode }) => Object.keys(byFailureMode)));
  for (const mode of [...modes].sort())
    lines.push(...rowsOf(mode, plans, (plan) => plan.byFailureMode[mode]));
  lines.push(...rowsOf("all", plans, (plan) => plan.total), "");
  for (const { planRef, episodes, onTrial, notJudged } of plans) {
    lines.push(`${planRef}: ${episodes} episodes, ${onTrial} of rules on trial`);
    if (notJudged.length > 0)
      lines.push(`  not judged, trouble codes are not known: ${notJudged.join(", ")}`);
  }
  for (const plan of plans)
    for (const { failureMode, machineId, at } of plan.missed)
      lines.push(`missed by ${plan.planRef}: ${failureMode} of ${machineId}, ${at}`);
  for (const fault of faults) lines.push(`rule given up: ${fault}`);
  return `${lines.join("\n")}\n`;
}

function codesLine({ codes, machines }: BacktestReport): string {
  if (codes.from === null) return "trouble codes: not known of any machine in that time";
  const from = codes.from.slice(0, 16);
  const wholeFrom = (codes.wholeFrom ?? codes.from).slice(0, 16);
  const whole = wholeFrom === from ? "" : `, of all of these from ${wholeFrom}`;
  return `trouble codes: known of ${codes.machines} of ${machines.length} machines from ${from}${whole}`;
}

const rowsOf = (
  name: string,
  plans: readonly PlanReport[],
  figuresOf: (plan: PlanReport) => BacktestFigures | undefined,
): string[] =>
  plans.map((plan, place) =>
    row(place === 0 ? name : "", plan.planRef, cells(figuresOf(plan) ?? nothing)),
  );

const nothing: BacktestFigures = {
  ...{ tickets: 0, right: 0, wrong: 0, unknown: 0, missed: 0, wastedTrips: 0 },
  ...{ precision: null, precisionAtLeast: null, recall: null },
  leadDays: { median: null, p10: null },
};

const share = (value: number | null): string =>
  value === null ? "-" : `${Math.round(value * 100)} %`;
const days = (value: number | null): string => (value === null ? "-" : value.toFixed(1));

const cells = (of: BacktestFigures): string[] => [
  ...[of.tickets, of.right, of.wrong, of.unknown, of.missed].map(String),
  share(of.precision),
  share(of.precisionAtLeast),
  days(of.leadDays.median),
  String(of.wastedTrips),
];

const row = (name: string, plan: string, values: readonly string[]): string =>
  `${name.padEnd(30)} ${plan.padEnd(28)} ${values
    .map((value, place) => value.padStart(columns[place]?.length ?? 0))
    .join("  ")}`.trimEnd();
