import { conversionOf } from "@firebreak/plans/conversion-of.ts";
import { ActiveDtcRule, type Plan } from "@firebreak/plans/plan-schema.ts";
import {
  type ActiveDtcs,
  canopenNetworks,
  type Dtc,
  type LampState,
  type Lamps,
} from "@firebreak/wire/machine-event.ts";
import type { Cells } from "../../engine/cells.ts";
import {
  type HoldLimits,
  holdCells,
  holdSize,
  isOpen,
  restartHold,
  Step,
  stepHold,
  Verdict,
} from "../../engine/hold.ts";
import { defineRuleKind } from "../../engine/rule-kind.ts";
import { createDtcCatalogue, type DtcCatalogue, hexCode, uncatalogued } from "./dtc-catalogue.ts";

interface Prepared {
  readonly rule: ActiveDtcRule;
  readonly catalogue: DtcCatalogue;
  readonly debounced: HoldLimits;
  /** A lit red stop lamp waits for nothing. */
  readonly atOnce: HoldLimits;
  /** Whether the plan says how codes of this address with conversion bit 1 are laid out. */
  readonly isConversionKnown: (sa: number) => boolean;
}

type HoldNumbers = typeof holdCells;

/** Codes come and go, so each keeps its hold with it and not among the numbers of the machine. */
interface CodeState extends HoldNumbers {
  /** Absent: the main network. */
  readonly network?: number;
  readonly sa: number;
  readonly spn: number;
  readonly fmi: number;
  /** As sent; 127 is not available. */
  oc: number;
  /** Conversion method bit; absent in states of older releases. */
  cm?: 0 | 1;
  lamps: Lamps;
  told: { oc: number; lamps: Lamps; timeNs: number } | null;
}

interface More {
  readonly codes: Record<string, CodeState>;
  /** Codes that came while as many as we keep were there already. */
  overflow: number;
}

/** More different codes than this at a time on one machine are one broken bus, not as many failures. */
const maxCodes = 64;
/** An open episode tells of new lamps and counts at most this often, a newly lit red stop lamp at once. */
const updateEveryNs = 10e9;
const ocNotAvailable = 127;

/**
 * Finds an active trouble code once `minMessages` DM1 of its source address have named it over at least `holdSeconds`
 * (with a lit red stop lamp: at once). A DM1 of that address without the code clears it; DM1 silence does not: the
 * code is unknown then. A lamp without a code, and a DM1 that says "no code", are no finding.
 * @see SAE J1939-73, DM1: a code is active while each DM1 of its source address names it
 */
export const activeDtc = defineRuleKind<ActiveDtcRule, Prepared, More>({
  kind: "active-dtc",
  judges: "live",
  schema: ActiveDtcRule,
  prepare(rule: ActiveDtcRule, plan: Plan) {
    const gapNs = rule.silenceSeconds * 1e9;
    return {
      rule,
      catalogue: createDtcCatalogue(plan),
      debounced: { minCount: rule.minMessages, holdNs: rule.holdSeconds * 1e9, gapNs },
      atOnce: { minCount: 1, holdNs: 0, gapNs },
      isConversionKnown: (sa) => conversionOf(plan.acquisition, sa) !== undefined,
    };
  },
  more: () => ({ codes: {}, overflow: 0 }),
  event(prepared, { more }, { timeNs, dm1 }, tell) {
    if (dm1.dtcs.length === 0 && isEmpty(more.codes)) return; // a machine that is well
    const named = new Map(dm1.dtcs.filter(isCode).map((dtc) => [keyOf(dm1, dtc), dtc]));
    for (const [key, code] of Object.entries(more.codes)) {
      if (!isFrom(code, dm1) || named.has(key)) continue;
      const step = stepCode(code, prepared.debounced, Verdict.no, timeNs);
      if (step !== Step.none) tell(step, key);
      delete more.codes[key];
    }
    for (const [key, dtc] of named) {
      const step = name(prepared, more, { key, dtc, dm1, timeNs });
      if (step !== Step.none) tell(step, key);
    }
  },
  restart(_, { more }) {
    for (const [key, code] of Object.entries(more.codes))
      if (isOpen(holdOf(code))) keepHold(code, restartHold);
      else delete more.codes[key];
  },
  forget(_, { more }, key) {
    delete more.codes[key];
  },
  describe({ rule, catalogue, isConversionKnown }, { more }, key, iso) {
    const code = more.codes[key] as CodeState;
    const { network, sa, spn, fmi, oc, cm, lamps, sinceNs, lastNs } = code;
    const failureMode = catalogue(code);
    const fromNs = Number.isNaN(sinceNs) ? lastNs : sinceNs;
    return {
      failureMode,
      subject: failureMode === uncatalogued ? nameOf(code) : "",
      severity: isLit(lamps.redStop) ? "critical" : rule.severity,
      sinceNs: fromNs,
      evidence: [
        {
          kind: "dtc",
          spn,
          fmi,
          oc: oc === ocNotAvailable ? null : oc,
          sa,
          ...(network === undefined ? {} : { network }),
          lamps,
          ...(cm === 1 && !isConversionKnown(sa) ? { isUncertain: true as const } : {}),
          from: iso(fromNs),
          to: iso(lastNs),
          rule: rule.id,
        },
      ],
    };
  },
});

const scratch: Cells = { numbers: new Float64Array(holdSize), at: 0 };

/** The hold of a code as cells, until that of the next one is asked for. */
function holdOf({ phase, sinceNs, lastNs, count }: CodeState): Cells {
  scratch.numbers.set([phase, sinceNs, lastNs, count]);
  return scratch;
}

/** Lets `change` change the hold of a code. */
function keepHold<Result>(code: CodeState, change: (hold: Cells) => Result): Result {
  const { numbers } = holdOf(code);
  const result = change(scratch);
  const [phase = 0, sinceNs = Number.NaN, lastNs = Number.NaN, count = 0] = numbers;
  Object.assign(code, { phase, sinceNs, lastNs, count } satisfies HoldNumbers);
  return result;
}

const stepCode = (code: CodeState, limits: HoldLimits, verdict: Verdict, timeNs: number): Step =>
  keepHold(code, (hold) =>
    stepHold(hold, limits, verdict, { timeNs, contextSinceNs: Number.NEGATIVE_INFINITY }),
  );

/** One code named by a DM1. */
function name(
  { debounced, atOnce }: Prepared,
  state: More,
  found: { key: string; dtc: Dtc; dm1: ActiveDtcs; timeNs: number },
): Step {
  const { key, dtc, dm1, timeNs } = found;
  let code = state.codes[key];
  if (code === undefined) {
    if (Object.keys(state.codes).length >= maxCodes) {
      state.overflow++;
      return Step.none;
    }
    const { network, sa, lamps } = dm1;
    const origin = network === undefined ? { sa } : { network, sa };
    code = { ...holdCells, ...origin, ...dtc, lamps, told: null };
    state.codes[key] = code;
  }
  code.oc = dtc.oc;
  code.lamps = dm1.lamps;
  const limits = isLit(dm1.lamps.redStop) ? atOnce : debounced;
  const step = stepCode(code, limits, Verdict.yes, timeNs);
  return told(code, step, timeNs);
}

/** Makes an update of a step when lamps or occurrence count are not what was told last. */
function told(code: CodeState, step: Step, timeNs: number): Step {
  const before = code.told;
  const isNews = step === Step.holding && before !== null && hasNews(code, before, timeNs);
  if (!isNews && step !== Step.raised && step !== Step.renewed) return step;
  code.told = { oc: code.oc, lamps: code.lamps, timeNs };
  return isNews ? Step.updated : step;
}

function hasNews(
  { oc, lamps }: CodeState,
  before: { oc: number; lamps: Lamps; timeNs: number },
  timeNs: number,
): boolean {
  if (isLit(lamps.redStop) && !isLit(before.lamps.redStop)) return true;
  const hasChanged =
    oc !== before.oc ||
    lamps.mil !== before.lamps.mil ||
    lamps.redStop !== before.lamps.redStop ||
    lamps.amberWarning !== before.lamps.amberWarning ||
    lamps.protect !== before.lamps.protect;
  return hasChanged && !(timeNs - before.timeNs < updateEveryNs);
}

function isEmpty(codes: More["codes"]): boolean {
  for (const _ in codes) return false;
  return true;
}

type Origin = Pick<ActiveDtcs, "network" | "sa">;

/** Keys of the main network are those of releases that knew no other. */
const keyOf = ({ network, sa }: Origin, { spn, fmi }: Dtc): string =>
  `${network === undefined ? "" : `${network}/`}${sa}-${spn}-${fmi}`;

const isFrom = (code: Origin, dm1: Origin): boolean =>
  code.sa === dm1.sa && code.network === dm1.network;

/** What tells codes apart that no plan knows. */
function nameOf({ network = 0, sa, spn, fmi }: CodeState): string {
  if (network >= canopenNetworks)
    return `EMCY ${hexCode(spn)} node ${sa}${atNetwork(network - canopenNetworks)}`;
  return `SPN ${spn} FMI ${fmi} SA ${sa}${atNetwork(network)}`;
}

const atNetwork = (network: number): string => (network === 0 ? "" : ` network ${network}`);

/** "No code" is sent as all zeros, by older control units as all ones. */
const isCode = ({ spn, fmi }: Dtc): boolean =>
  !(spn === 0 && fmi === 0) && !(spn === 0x7ffff && fmi === 31);

const isLit = (lamp: LampState): boolean =>
  lamp === "on" || lamp === "slow-flash" || lamp === "fast-flash";
