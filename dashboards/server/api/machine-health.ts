import type { LatestSignal } from "@firebreak/ingest/store/store.ts";
import type { Plan } from "@firebreak/plans/plan-schema.ts";
import type { Finding } from "@firebreak/rules/finding.ts";
import { healthConfig } from "@firebreak/rules/health/health-config.ts";
import { lifeMethods } from "@firebreak/rules/health/life-outlook.ts";
import {
  type HealthFactor,
  healthCauses,
  healthOf,
} from "@firebreak/rules/health/machine-health.ts";
import { hearingFactors, isStillKnown } from "@firebreak/rules/health/standing-factors.ts";
import type { Standing } from "@firebreak/tickets/health/standing.ts";
import { type Static, Type } from "typebox";
import type { MachineCondition, MachineRecord } from "../ports.ts";
import { sentenceOf } from "./evidence-view.ts";
import { healthWord, hearingOf } from "./fleet.ts";
import { BothLanguages, healthWords, MaybeInstant, OneOf } from "./schemas.ts";
import { outlooksOf } from "./standing-health.ts";

const Index = Type.Union([Type.Number({ minimum: 0, maximum: 100 }), Type.Literal("unknown")], {
  description: "0-100; unknown without data",
});
const MaybeTitle = Type.Union([BothLanguages, Type.Null()]);
const Days = Type.Number({ minimum: 0, description: "days from now" });
const Share = Type.Number({ minimum: 0, maximum: 1 });

const Factor = Type.Object({
  cause: OneOf(healthCauses),
  component: Type.String({ description: "of the plan; empty: the machine as a whole" }),
  about: Type.String({
    description:
      "failure mode, trouble code, position of the part, ticket, count of repairs, or cause of silence",
  }),
  title: MaybeTitle,
  sentence: Type.Union([BothLanguages, Type.Null()], { description: "why the rules think so" }),
  lowersBy: Type.Number({ description: "points of the machine's index" }),
  since: MaybeInstant,
});

const PartOutlook = Type.Object({
  position: Type.String(),
  partNo: Type.String(),
  title: BothLanguages,
  chance: Type.Number({ ...Share, description: "of its end within the days of the outlook" }),
  p10Days: Days,
  p50Days: Days,
  p90Days: Days,
  isCalibrated: Type.Boolean({
    description: "corrected by how long such parts lasted in the field",
  }),
  methods: Type.Array(
    Type.Object({
      method: OneOf(lifeMethods, "field: lives of such parts in the fleet"),
      p10Days: Days,
      p50Days: Days,
      p90Days: Days,
      confidence: Share,
    }),
  ),
});

/** How a machine is, why, and what is to be expected. */
export const MachineHealth = Type.Object(
  {
    index: Index,
    status: OneOf(healthWords, "the index in one word"),
    asOf: Type.Union([MaybeInstant], { description: "machine time of the newest data" }),
    factors: Type.Array(Factor, { description: "what lowers the index, the most first" }),
    components: Type.Array(
      Type.Object({ component: Type.String(), title: MaybeTitle, index: Index }),
      { description: "the worst first, unknown ones last" },
    ),
    outlook: Type.Object({
      days: Type.Integer({ minimum: 1 }),
      chance: Type.Union([Share, Type.Null()], {
        description: "that some part comes to its end within these days; null: nothing is known",
      }),
      parts: Type.Array(PartOutlook, { description: "the soonest first" }),
    }),
  },
  { title: "MachineHealth" },
);
export type MachineHealth = Static<typeof MachineHealth>;

export interface HealthInputs {
  readonly machine: Pick<MachineRecord, "silence" | "gateway">;
  readonly condition: MachineCondition | undefined;
  /** What of the standing counts stands in the condition's factors already. */
  readonly standing: Standing | undefined;
  readonly plan: Plan | undefined;
  readonly latest: readonly Pick<LatestSignal, "name" | "quality">[];
}

/** Pure: the view of a machine's health that interface and page share. */
export function toMachineHealth(inputs: HealthInputs): MachineHealth {
  const { machine, condition, standing, plan } = inputs;
  const newestAt = condition?.newestAt ?? null;
  const isHeard = condition?.health !== undefined && condition.health !== null;
  const factors = [...(condition?.factors ?? []), ...hearingFactors(hearingOf(machine))];
  const health = healthOf(factors, {
    isHeard: isHeard && isStillKnown(machine),
    components: componentsOf(inputs),
  });
  return {
    index: rounded(health.index),
    status: healthWord(health.index),
    asOf: newestAt,
    factors: health.factors.map(({ cause, component, about, since, lowersBy }) => ({
      ...{ cause, component, about, since },
      lowersBy: Math.round(lowersBy * 10) / 10,
      title: titleOfFactor({ cause, component, about }, plan),
      sentence: cause === "episode" ? sentenceAbout(about, condition?.findings, plan) : null,
    })),
    components: health.components.map(({ component, index }) => ({
      component,
      title: titleOfPart(component, plan),
      index: rounded(index),
    })),
    outlook: outlookView(standing),
  };
}

/** Tenths of a day are more than anybody knows. */
const inDays = (days: number) => Math.round(days * 10) / 10;

const rounded = (index: number | null) => (index === null ? "unknown" : Math.round(index));

const titleOfPart = (position: string, plan: Plan | undefined) =>
  plan?.service.parts?.find((part) => part.position === position)?.title ?? null;

function titleOfFactor(
  { cause, component, about }: Pick<HealthFactor, "cause" | "component" | "about">,
  plan: Plan | undefined,
) {
  if (cause === "episode") return plan?.service.failureModes[about]?.title ?? null;
  return titleOfPart(component, plan);
}

/** The newest finding about a failure mode, as its evidence says it; one that is true before one that was. */
function sentenceAbout(
  failureMode: string,
  findings: readonly Finding[] = [],
  plan: Plan | undefined,
) {
  const about = findings.filter((one) => one.failureMode === failureMode);
  const finding = about.findLast(({ isLatched }) => !isLatched) ?? about.at(-1);
  const piece = finding?.evidence[0];
  if (finding === undefined || piece === undefined) return null;
  const { findingId, planRef, isLatched } = finding;
  if (piece.kind === "dtc") return sentenceOf({ ...piece, findingId, planRef }, plan);
  const contextTitle =
    piece.context === null ? undefined : plan?.rules.contexts[piece.context]?.title;
  const named = contextTitle === undefined ? {} : { contextTitle };
  const sentence = sentenceOf({ ...piece, ...named, findingId, planRef }, plan);
  return isLatched ? returnedToNormal(sentence) : sentence;
}

const returnedToNormal = (sentence: Static<typeof BothLanguages>) => ({
  en: `${sentence.en} Returned to normal, waits for somebody to confirm.`,
  "zh-CN": `${sentence["zh-CN"]}已恢复正常，待人工确认。`,
});

/** Components of the plan, and whether what looks at them has data: signals of their rules, codes, use of their parts. */
function componentsOf({ plan, latest, standing }: HealthInputs): Map<string, boolean> {
  const components = new Map<string, boolean>();
  const good = new Set(latest.filter(({ quality }) => quality === "good").map(({ name }) => name));
  const note = (name: string | undefined, isSeen: boolean) => {
    if (name !== undefined) components.set(name, isSeen || components.get(name) === true);
  };
  for (const { component, dtcs = [], emergencies = [] } of Object.values(
    plan?.service.failureModes ?? {},
  ))
    note(component, dtcs.length + emergencies.length > 0);
  for (const rule of plan?.rules.rules ?? []) {
    if (!("failureMode" in rule)) continue;
    const isSeen = "signal" in rule ? good.has(rule.signal) : true;
    note(plan?.service.failureModes[rule.failureMode]?.component, isSeen);
  }
  for (const { position, estimates } of standing?.parts ?? []) note(position, estimates.length > 0);
  return components;
}

function outlookView(standing: Standing | undefined): MachineHealth["outlook"] {
  const parts = standing ? outlooksOf(standing) : [];
  const survives = parts.reduce((share, { outlook }) => share * (1 - outlook.chance), 1);
  return {
    days: healthConfig.outlookDays,
    // As if parts failed independently of each other: a common cause makes this too high, never too low.
    chance: parts.length === 0 ? null : 1 - survives,
    parts: parts.map(({ part, outlook, estimates, isCalibrated }) => ({
      ...{ position: part.position, partNo: part.partNo, title: part.title },
      chance: outlook.chance,
      p10Days: inDays(outlook.p10Days),
      p50Days: inDays(outlook.p50Days),
      p90Days: inDays(outlook.p90Days),
      isCalibrated,
      methods: estimates.map(({ method, p10Days, p50Days, p90Days, confidence }) => ({
        ...{ method, confidence, p10Days: inDays(p10Days) },
        ...{ p50Days: inDays(p50Days), p90Days: inDays(p90Days) },
      })),
    })),
  };
}
