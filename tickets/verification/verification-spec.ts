import { derivedOf, measuredBehind } from "@firebreak/plans/derived-inputs.ts";
import type { Condition, FailureMode, Plan } from "@firebreak/plans/plan-schema.ts";
import { longestSilenceSeconds } from "@firebreak/plans/sampling.ts";
import { signalsOfRule } from "@firebreak/plans/signals-of-rule.ts";
import { type Static, Type } from "typebox";
import { closed } from "../vocabulary.ts";
import { verificationConfig } from "./verification-config.ts";

const Band = Type.Object(
  {
    signal: Type.String(),
    above: Type.Optional(Type.Number()),
    below: Type.Optional(Type.Number()),
  },
  closed,
);

/** What has to be seen after a finish, as it was agreed at the finish: a later plan changes nothing of it (PL-6). */
export const VerificationSpec = Type.Object(
  {
    planRef: Type.String(),
    /** Failure modes that must not come again; an unknown trouble code with its subject, as in `uncatalogued:SPN …`. */
    faults: Type.Array(Type.String(), { minItems: 1 }),
    /** ms since the Unix epoch, machine time: what is older says nothing of the repair. */
    finishedMs: Type.Number(),
    /** All of them fulfilled is operation. */
    operation: Type.Array(Band, { minItems: 1 }),
    minOperatingMs: Type.Number({ exclusiveMinimum: 0 }),
    minHealth: Type.Integer({ minimum: 0, maximum: 100 }),
    /** Normal bands of the signals that have to do with the fault. */
    normal: Type.Array(Band),
    holdMs: Type.Number({ minimum: 0 }),
    /** After so long a silence of a signal nothing is known of it. */
    gapMs: Type.Record(Type.String(), Type.Number()),
  },
  closed,
);
export type VerificationSpec = Static<typeof VerificationSpec>;

/** How a repair is proved. `phone`: a person asks the customer; `checklist`: the report says all there is to say. */
export type VerificationWay =
  | { readonly by: "telemetry"; readonly spec: VerificationSpec }
  | { readonly by: "phone" | "checklist"; readonly why: string };

export interface Repaired {
  /** Failure modes of the ticket and of its report. */
  readonly faults: readonly string[];
  readonly finishedMs: number;
  /** The machine sends data of its own. */
  readonly hasGateway: boolean;
}

const uncatalogued = "uncatalogued";

/** How a finished repair is to be proved, by the plan of its machine. Pure. */
export function wayOf(plan: Plan | undefined, repaired: Repaired): VerificationWay {
  const { faults, finishedMs, hasGateway } = repaired;
  if (!hasGateway) return { by: "phone", why: "the machine has no gateway" };
  const verification = plan?.rules.verification;
  if (!plan || !verification) return { by: "phone", why: "its plan says nothing of verification" };
  const heard = faults.filter((fault) => isHeard(plan, fault));
  const modes = heard.map((fault) => plan.service.failureModes[fault]);
  if (heard.length === 0)
    return { by: "checklist", why: "nothing that the machine sends speaks of this fault" };
  const overrides = modes.flatMap((mode) => (mode?.verification ? [mode.verification] : []));
  const contexts = overrides.flatMap(({ context }) => (context ? [context] : []));
  const operation = plan.rules.contexts[contexts[0] ?? verification.context]?.all ?? [];
  const related = relatedSignals(plan, heard);
  const normal = verification.normal.filter(({ signal }) => related.has(signal));
  return {
    by: "telemetry",
    spec: {
      planRef: `${plan.plan}@${plan.version}`,
      faults: heard,
      finishedMs,
      operation: operation.map(bandOf),
      minOperatingMs: most(modes, verification.minOperatingMinutes, "minOperatingMinutes") * 60_000,
      minHealth: most(modes, verification.minHealth, "minHealth"),
      normal: normal.map(bandOf),
      holdMs: verification.holdSeconds * 1000,
      gapMs: Object.fromEntries(
        [...operation, ...normal].map(({ signal }) => [signal, signalGapMs(plan, signal)]),
      ),
    },
  };
}

const bandOf = ({ signal, above, below }: Condition) => ({
  signal,
  ...(above === undefined ? {} : { above }),
  ...(below === undefined ? {} : { below }),
});

/** The strictest of what several faults ask for; each fault's own, or the plan's. */
function most(
  modes: readonly (FailureMode | undefined)[],
  common: number,
  figure: "minOperatingMinutes" | "minHealth",
): number {
  return Math.max(...modes.map((mode) => mode?.verification?.[figure] ?? common));
}

/** Telemetry can speak of it: a rule or a trouble code leads to it, and the plan does not ask for a checklist. */
function isHeard(plan: Plan, fault: string): boolean {
  if (fault.startsWith(`${uncatalogued}:`)) return true;
  const mode = plan.service.failureModes[fault];
  if (!mode || mode.verification?.method === "checklist") return false;
  return (mode.dtcs ?? []).length > 0 || rulesOf(plan, fault).length > 0;
}

const rulesOf = ({ rules }: Plan, fault: string) =>
  rules.rules.flatMap((rule) =>
    rule.kind !== "active-dtc" && rule.failureMode === fault ? [rule] : [],
  );

/** Signals that the rules and the checks of the faults look at. */
function relatedSignals(plan: Plan, faults: readonly string[]): Set<string> {
  return new Set(
    faults.flatMap((fault) => [
      ...rulesOf(plan, fault)
        .flatMap((rule) => signalsOfRule(plan, rule))
        .flatMap((signal) => measuredBehind(derivedOf(plan), signal)),
      ...(plan.service.failureModes[fault]?.checks ?? []).flatMap(({ signal = "" }) => signal),
    ]),
  );
}

/** As the rules have it: the slowest cyclic messages come every 10 s, and a dead band may keep a signal silent longer. */
function signalGapMs(plan: Plan, signal: string): number {
  const silence = longestSilenceSeconds(plan.acquisition.signals[signal]?.sampling);
  return Math.max(verificationConfig.gapMs, (silence ?? 0) * 2500);
}
