import type { Batch } from "@firebreak/wire/batch.ts";
import type { ActiveDtcs, MachineEvent } from "@firebreak/wire/machine-event.ts";
import { Quality } from "@firebreak/wire/quality.ts";
import { noteChange } from "./code-lives.ts";
import type { CompiledRule } from "./compiled-plan.ts";
import { noteContext, stepCondition } from "./contexts.ts";
import { feedDerived, type Heard, reckonDue, togetherNs } from "./derive.ts";
import { isDoubted, openSince, type Reporting, report } from "./episodes.ts";
import { Step } from "./hold.ts";
import type { MachineMemory } from "./machine-memory.ts";
import { faultOf } from "./rule-fault.ts";
import type { Moment } from "./rule-kind.ts";
import { stateOf } from "./rule-state.ts";
import { noteTime } from "./slow-rules.ts";

/** The one sample that rules look at; filled again for every row, so that nothing is allocated per sample. */
const moment: Moment = {
  slot: -1,
  timeNs: 0,
  value: Number.NaN,
  quality: Quality.good,
  contextSinceNs: Number.NaN,
  openSince: () => Number.NaN,
};

/** Source addresses and codes whose last DM1 is kept for the machine page. */
const maxSources = 32;
const maxCodesPerSource = 32;

/**
 * Judges one batch of the present epoch: rows in their order, events before the first row that is not older than they
 * are. What is older than the newest of its signal (or source address) is late: counted, and passed over.
 */
export function judgeBatch(reporting: Reporting, batch: Batch, slots: Int16Array): void {
  const { memory } = reporting;
  const { samples, events } = batch;
  const { signal, offsetNs, value, quality, length } = samples;
  const { derived, newestOfSlot } = memory;
  const { isInput } = memory.compiled.derivation;
  const heard: Heard = (slot, of) => {
    moment.slot = slot;
    moment.timeNs = newestOfSlot[slot] as number;
    moment.value = derived.valueOfSlot[slot] as number;
    moment.quality = of;
    hear(reporting);
  };
  moment.openSince = (ruleId) => openSince(memory, ruleId);
  const baseNs = Number(samples.baseNs - memory.originNs);
  let nextEvent = 0;
  let nextEventNs = eventNs(memory, events[0]);
  let newestNs = memory.newestNs;
  for (let row = 0; row < length; row++) {
    const timeNs = baseNs + (offsetNs[row] as number);
    while (timeNs >= nextEventNs) {
      if (nextEventNs - derived.dueSinceNs > togetherNs) reckonDue(memory, heard);
      takeEvent(reporting, events[nextEvent] as MachineEvent, nextEventNs, slots);
      nextEventNs = eventNs(memory, events[++nextEvent]);
    }
    if (timeNs - derived.dueSinceNs > togetherNs) reckonDue(memory, heard);
    const slot = slots[signal[row] as number] ?? -1;
    if (slot < 0) continue;
    if (timeNs < (newestOfSlot[slot] as number)) {
      memory.late.samples++;
      continue;
    }
    newestOfSlot[slot] = timeNs;
    if (!(newestNs >= timeNs)) newestNs = timeNs;
    moment.slot = slot;
    moment.timeNs = timeNs;
    moment.value = value[row] as number;
    moment.quality = quality[row] as Quality;
    hear(reporting);
    if (isInput[slot] !== 1) continue;
    derived.valueOfSlot[slot] = quality[row] === Quality.good ? (value[row] as number) : Number.NaN;
    feedDerived(memory, slot, heard);
  }
  if (!(memory.newestNs >= newestNs)) memory.newestNs = newestNs;
  for (; nextEvent < events.length; nextEvent++) {
    const timeNs = eventNs(memory, events[nextEvent]);
    if (timeNs - derived.dueSinceNs > togetherNs) reckonDue(memory, heard);
    takeEvent(reporting, events[nextEvent] as MachineEvent, timeNs, slots);
  }
}

/** Contexts first, then the rules: of what `moment` holds. */
function hear(reporting: Reporting): void {
  const { memory } = reporting;
  const { rulesOfSlot, conditionsOfSlot } = memory.compiled;
  const conditions = conditionsOfSlot[moment.slot] as readonly number[];
  if (conditions.length > 0 && moment.quality === Quality.good)
    for (let at = 0; at < conditions.length; at++)
      stepCondition(memory, conditions[at] as number, moment);
  const rules = rulesOfSlot[moment.slot] as readonly number[];
  for (let at = 0; at < rules.length; at++) judgeSample(reporting, rules[at] as number);
}

const eventNs = (memory: MachineMemory, event: MachineEvent | undefined): number =>
  event === undefined ? Number.POSITIVE_INFINITY : Number(event.timeNs - memory.originNs);

function judgeSample(reporting: Reporting, ruleIndex: number): void {
  const { memory, timer } = reporting;
  const rule = memory.compiled.rules[ruleIndex] as CompiledRule;
  if (rule.sample === undefined) return;
  if (memory.faults.size > 0 && memory.faults.has(rule.id)) return;
  if (isDoubted(memory, rule)) return;
  noteContext(memory, rule.context, moment);
  const beganMs = timer === undefined ? 0 : timer();
  try {
    const step = rule.sample(rule.prepared, stateOf(memory, ruleIndex, rule), moment);
    if (step !== Step.none)
      report(reporting, { rule, ruleIndex, key: "", step, timeNs: moment.timeNs });
  } catch (error) {
    memory.faults.set(rule.id, faultOf(error));
  }
  if (timer !== undefined) noteTime(memory, rule.id, timer() - beganMs);
}

function takeEvent(
  reporting: Reporting,
  event: MachineEvent,
  timeNs: number,
  slots: Int16Array,
): void {
  if (event.kind === "active-dtcs") judgeEvent(reporting, event, timeNs);
  else if (event.kind === "dtc-change") noteChange(reporting.memory, event, slots);
}

/** The usual DM1, that of a control unit that has nothing to tell: what is kept of the one before need not be made anew. */
const saysTheSame = ({ dtcs, lamps }: ActiveDtcs, now: ActiveDtcs): boolean =>
  dtcs.length === 0 &&
  now.dtcs.length === 0 &&
  lamps.mil === now.lamps.mil &&
  lamps.redStop === now.lamps.redStop &&
  lamps.amberWarning === now.lamps.amberWarning &&
  lamps.protect === now.lamps.protect;

function judgeEvent(reporting: Reporting, event: ActiveDtcs, timeNs: number): void {
  const { memory } = reporting;
  const origin = (event.network ?? 0) * 256 + event.sa;
  const last = memory.dm1.get(origin);
  if (last && timeNs < last.timeNs) {
    memory.late.events++;
    return;
  }
  if (!(memory.newestNs >= timeNs)) memory.newestNs = timeNs;
  if (last && saysTheSame(last.said, event)) last.timeNs = timeNs;
  else if (last || memory.dm1.size < maxSources) {
    const said = { ...event, dtcs: event.dtcs.slice(0, maxCodesPerSource) };
    memory.dm1.set(origin, { timeNs, said });
  }
  for (const ruleIndex of memory.compiled.eventRules) {
    const rule = memory.compiled.rules[ruleIndex];
    if (rule?.kind.event === undefined || memory.faults.has(rule.id)) continue;
    try {
      const state = stateOf(memory, ruleIndex, rule);
      rule.kind.event(rule.prepared, state, { timeNs, dm1: event }, (step, key) =>
        report(reporting, { rule, ruleIndex, key, step, timeNs }),
      );
    } catch (error) {
      memory.faults.set(rule.id, faultOf(error));
    }
  }
}
