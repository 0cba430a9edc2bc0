import { existsSync, globSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, test } from "vitest";

const root = resolve(import.meta.dirname, "..");
const domainFile = resolve(root, "../shared/domain.md");

/** What must be shown by a test that is named for it: oracles, scenarios, invariants and rules, in the words of the domain. */
const promised: Readonly<Record<string, string>> = {
  "O-01": "three-level response 1/12, 4/24, 8/48 h",
  "O-02": "principle 2 h + 24 h; 8 h + 48 h closed loop",
  "O-03": "on site within 2 h; 24 h × 365 d",
  "O-04": "30 minutes confirm and dispatch",
  "O-05": "report within 2 h",
  "O-06": "wear-list part: at once, 5 working days; others: 1 day, 15 working days",
  "O-07": "repair 3 / 5 working days; loaner on overrun",
  "O-08": "months 1, 3, 6, 12 from handover",
  "O-09": "30 days ahead; 000 lives 12/18/10 months",
  "O-10": "A/B/C 100 000/60 000/50 000 yuan, 12/18/10 months",
  "O-11": "installed base",
  "O-12": "NPS −15 → +42",
  "O-13": "before/after",
  "O-14": "stock turnover +35 %",
  "O-15": "three outcome grades",
  "O-16": "tier tables",
  "O-17": "quadrant",
  "O-18": "ABC",
  "O-19": "attempts 4-5-6 repeat",
  "O-20": "flying squad 10 engineers, 3 h",
  "O-21": "5 regional centres, 24 h delivery",
  "O-22": "failure rate 15 % → 5 % (elevator)",
  "O-23": "appliance part redesign −40 % failures",
  "O-24": "coverage 80 % → 98 %",
  "O-25": "market stages",
  "O-26": "about half of problems from parts",
  "O-27": "> 80 % of field failures from manufacturer's products",
  "O-28": "400 complaints/inquiries a day per agent",
  "O-29": "9-field survey, 7-field record",
  "O-30": "quarterly survey",
  "O-31": "inspection within one month after handover",
  "AS-1": "Tower-crane (and pump) bearing temperature drifts up",
  "AS-2": "Vibration trend on a bearing with known true failure date",
  "AS-3":
    "Baseline (no telemetry, stock only at HQ, paper speed) vs improved (telemetry, 5 centres",
  "AS-4": "New paver handed over",
  "AS-5": "Survey reports peak 1 June–31 July",
  "AS-6": "Hydraulic pump needed at a station, HQ has 3, nearest centre 1",
  "AS-7": "Emergency in a region with no qualified free engineer",
  "AS-8": "On-site diagnosis fails, then part missing",
  "AS-9": "Wrong part replaced, symptom persists",
  "AS-10": "One part left; pump truck and road roller request it with equal priority",
  "AS-11": "Plan override drops 3/6/12",
  "AS-12": "Customer reports by SN while an anomaly ticket is open",
  "AS-13": "In-warranty vs out-of-warranty repair",
  "AS-14": "Gateway offline 6 h, then reconnects",
  "AS-15": "DTC at 1 Hz for a day on 100 machines, one ECU flapping",
  "AS-16": "Rule tuned too tight: engineers answer no fault found",
  "AS-17": "Rainy-season factor for a region",
  "AS-18": "Broker, InfluxDB or rules process restart mid-stream",
  "AS-19": "Feedback integrity: engineer token tries to write/read a rating before submission",
  "AS-20": "Month end",
  "PL-1":
    "emergency present; its clocks are not looser than the baseline profile (R: emergency first)",
  "PL-2": "preventive.calendarMonths contains 1 after all overrides are applied",
  "PL-3":
    "tier→services: exceed allows preventive+premium; above allows preventive, forbids premium",
  "PL-4": "partsPolicy.reserve only for exceed; supplyTimeGuarantee for exceed, above",
  "PL-5":
    "every partNo, faultCode, checklistId referenced exists; every rule names a faultCode or diagnose",
  "PL-6":
    "version numbers increase; a ticket stores planId@version; closed tickets are never re-evaluated",
  "PL-7":
    "resolution order base < region (root→leaf) < segment < customer commitment; commitment may only",
  "MA-1": "serialNumber unique, never reused",
  "MA-2": "one active gateway per machine and one machine per gateway",
  "MA-3": "handoverAt required to enter in_service",
  "MA-4": "operatingHours never decreases except by a recorded meter replacement (offset kept)",
  "MA-5":
    "in_service, under_repair, standby, commissioning count into installed base; scrapped, retired",
  "MA-6": "at most one installed part per (machine, position)",
  "CU-1": "high_value → human follow-up",
  "SC-1": "only one active commitment per machine and date",
  "RE-1": "tree; leaf overrides parent; isKeyRegion = marketStage ∈ {mature, potential}",
  "ST-1": "exactly one stock location",
  "EN-1": "assignedHours ≤ maxLoadHours at any time",
  "EN-2": "an expired certification removes the skill",
  "EN-3": "one engineer is working on one visit at a time",
  "EN-4": "flyingSquad implies level ≥ senior",
  "EN-5": "a location older than ED 60 min falls back to the station location",
  "FC-1": "faultCode unique",
  "FC-2": "kind='replace' ⇒ partNo present and in that product's BOM",
  "FC-3":
    "category part_damage ⇔ some remedy replace; operator_misuse ⇒ remedy repair (source tree)",
  "FC-4": "a (spn, fmi, sourceAddress) maps to at most one approved entry per product",
  "FC-5":
    "only approved entries open tickets; unknown DTC opens an uncatalogued general inspection and is",
  "FC-6":
    "candidate causes are ranked by observedCount (Laplace-smoothed), so field results change the",
  "SK-1": "onHand ≥ 0 and 0 ≤ reserved ≤ onHand at each location",
  "SK-2": "onHand = Σ movements (ledger replay gives the same numbers)",
  "SK-3": "conservation: a transfer never creates or loses quantity; total = on hand + in transit",
  "SK-4": "every issue/loan names a parts ticket; every consume names a service report line",
  "SK-5": "available(loc, tier) = onHand − reserved − ringFenced for other tiers",
  "SK-6": "a sharing donor station never goes below its min unless the request is emergency",
  "SK-7":
    "a loan closes only by return of the unused part, or consumption and (if in warranty) old-part",
  "SK-8": "min ≤ target ≤ max; items outside the band are listed",
  "SK-9": "two concurrent reservations for the last unit: exactly one succeeds",
  "HP-1": "0 ≤ index ≤ 100",
  "HP-2": "an added active episode never raises the index",
  "HP-3": "missing data gives unknown, not 100",
  "TK-1": "at most one open ticket per dedupeKey and kind",
  "TK-2": "timeline is append-only; state is the fold of the timeline (replayable)",
  "TK-3":
    "kind and machineId never change; a stronger need opens a new ticket and merges the old one",
  "TK-4": "priority may rise automatically; it is lowered only by a person with a reason",
  "TK-5":
    "closed requires: service report archived (or cancelled/merged), all child parts tickets closed",
  "TK-6":
    "mergedInto target is open or closed, never merged itself (no chains; follow to the root) and of",
  "TK-7":
    "every machine-originated ticket carries ≥ 1 evidence with time window and rule id/version or DTC",
  "TK-8": "progressCode unguessable; reveals stage, ETA, engineer's first name only",
  "TK-9": "commands are idempotent by commandId; replaying the event stream opens no second ticket",
  "MR-1": "same dedupeKey open → append evidence, occurrenceCount++; no new customer notice unless",
  "MR-2": "repair absorbs inspection on the same machine+component",
  "MR-3": "clocks after merge: earliest due time wins; a merge never extends or resets a clock",
  "MR-4": "raise priority: for each running clock due = min(due, raisedAt + newTarget)",
  "MR-5":
    "storm control: ≥ ED 10 episodes on one machine within 10 min, or all signals of one ECU bad",
  "MR-6":
    "sensor-fault discrimination: out-of-range, stuck, or physically impossible rate → sensor_fault",
  "MR-7":
    "cool-down: same key within 7 d after close → reopen (counts against FTFR); within 30 d → new",
  "MR-8":
    "fleet level: same faultCode on ≥ ED 5 machines of one model in 30 d → DesignFeedbackItem to R&D",
  "MR-9": "visit bundling never merges tickets; it only shares visitId",
  "ES-1":
    "clock at 80 % → station manager; at 100 % → HQ + customer notice + human follow-up; 150 % → HQ",
  "ES-2": "no acceptance in time → next engineer → station manager",
  "ES-3":
    "cannot solve on site → expert consult (by faultClass/product); part missing → green channel",
  "ES-4": "no skilled engineer can arrive before arrival due → flying squad, response ≤ 3 h",
  "ES-5": "≥ ED 3 attempts in one report → suggest expert",
  "ES-6":
    "late data: events use device time for evidence; SLA starts at ticket creation (server time)",
  "SL-1":
    "dueAt = start + target + paused time (24×7), or end of the n-th working day after the start day",
  "SL-2": "breached is sticky; a clock stopped after due is breached with overrun",
  "SL-3": "stop exactly at due is met",
  "SL-4": "pauses only with allowed reasons, and never on response",
  "SL-5": "clocks are recomputable from the timeline alone",
  "SL-6": "planned tickets have only due_window",
  "AG-1": "never an engineer failing a hard filter",
  "AG-2": "nearer (all else equal) never scores lower",
  "AG-3": "less loaded never scores lower",
  "AG-4": "deterministic tie-break (load, distance, id)",
  "AG-5": "result lists reasons and runner-up for the dispatcher; manual override logged",
  "AG-6": "no engineer above maxLoad after any sequence",
  "SR-1": "last attempt fixed ⇔ outcome fixed",
  "SR-2": "partsUsed reconcile with loans",
  "SR-3": "submitted has cause, solution, preventionAdvice",
  "SR-4": "archived is immutable",
  "FB-1": "one per ticket and source",
  "FB-2":
    "written only by customer link or follow-up agent, readable at HQ first, to station/engineer",
  "FB-3": "NPS = %(9–10) − %(0–6), empty set = null",
  "PD-1": "approval refused when assumptions is empty",
  "PD-2": "expected ≥ 0, monotone in installed base and utilisation, anti-monotone in wear life",
  "PD-3": "evaluation stores actual and error; next period's parameter update is logged",
  "PD-4": "a region plan line above upper is flagged (over-reporting)",
  F1: "the hub is killed at random while alarms are active: each episode is one ticket",
  F3: "a signal chatters across its limit: one episode, marked as flapping",
  F4: "alarm flood: grouped, ten messages to a person at most, nothing dropped",
  F5: "a day filled in with 50 old crossings: no live alarm, history marked, one summary",
  F6: "a target of notices is down for hours: others undisturbed, nothing lost",
  F8: "a rule divides by zero, lacks its signal, throws, takes too long: it alone is off, and said to be",
  F9: "a rule is edited, or a machine sold, while an alarm is active: no orphan, no leak",
  F10: "the hub itself was away: no machine is called silent for it",
};

/** What is shown elsewhere, and where; to be taken out as soon as a test here is named for it. */
const belongsElsewhere: Readonly<Record<string, string>> = {};

const idPattern =
  /\b(?:O-\d{2}|AS-\d{1,2}|(?:AG|CU|EN|ES|FB|FC|HP|MA|MR|PD|PL|RE|SC|SK|SL|SR|ST|TK)-\d|F\d{1,2})\b/g;

/** Titles of tests and of their groups, and names of the rows of their tables: what the runner prints. */
const titlePattern =
  /(?:\b(?:test|describe|describeEachDatabase)\(\s*|\)\(\s*|\bname:\s*)(["`])((?:\\.|(?!\1)[^\\])*)\1/g;

function titlesOf(text: string): string[] {
  return [...text.matchAll(titlePattern)].map((match) => match[2] ?? "");
}

const idsIn = (text: string): string[] => [...text.matchAll(idPattern)].map(([id]) => id);

function namedIds(): ReadonlySet<string> {
  const files = globSync("**/*.test.{ts,tsx}", {
    cwd: root,
    exclude: (name) => /node_modules|dist|^\.|named-proofs/.test(name),
  });
  return new Set(
    files.flatMap((file) => titlesOf(readFileSync(join(root, file), "utf8")).flatMap(idsIn)),
  );
}

/** Ids that the domain defines: rows of the tables of oracles and scenarios, and invariants of the model. */
function definedIds(domain: string): ReadonlySet<string> {
  const rows = [...domain.matchAll(/^\| (O-\d{2}|AS-\d+) \|/gm)].map((match) => match[1] ?? "");
  const model = domain.slice(domain.indexOf("## 3. "), domain.indexOf("## 4. "));
  return new Set([...rows, ...idsIn(model).filter((id) => !/^(?:O-|AS-|F\d)/.test(id))]);
}

describe("what the domain promises", () => {
  test("has a test that is named for it", () => {
    const named = namedIds();
    const missing = Object.entries(promised)
      .filter(([id]) => !named.has(id) && !Object.hasOwn(belongsElsewhere, id))
      .map(([id, words]) => `${id}: ${words}`);
    expect(missing).toEqual([]);
  });

  test("is said to be shown elsewhere only while no test here is named for it", () => {
    const named = namedIds();
    expect(Object.keys(belongsElsewhere).filter((id) => named.has(id))).toEqual([]);
    expect(Object.keys(belongsElsewhere).filter((id) => !Object.hasOwn(promised, id))).toEqual([]);
  });

  test("is read off titles, groups and table rows, not off comments", () => {
    const text = [
      "// TK-1 in a comment",
      'test("TK-2: title", () => {});',
      'test.each([{ name: "TK-3: row" }])("TK-4: $name", () => {});',
      "describeEachDatabase(\n  `TK-5`, () => {});",
      'const other = "TK-6";',
    ].join("\n");
    expect(titlesOf(text).flatMap(idsIn)).toEqual(["TK-2", "TK-3", "TK-4", "TK-5"]);
  });

  test.runIf(existsSync(domainFile))("is all that the domain defines", () => {
    const defined = [...definedIds(readFileSync(domainFile, "utf8"))];
    expect(defined.filter((id) => !Object.hasOwn(promised, id))).toEqual([]);
  });
});
