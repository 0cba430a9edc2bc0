import type { LatestSignal } from "@firebreak/ingest/store/store.ts";
import { derivedOf, measuredBehind, withDerived } from "@firebreak/plans/derived-inputs.ts";
import type { Plan } from "@firebreak/plans/plan-schema.ts";
import { longestSilenceSeconds } from "@firebreak/plans/sampling.ts";
import { parseInstantNs } from "./instants.ts";
import type { SignalNow } from "./schemas.ts";

/**
 * The newest samples with the plan's titles, in the plan's order; signals of the plan that never came are
 * `not-available`. Without a plan only what came, with the titles of `withoutPlan`. Pure.
 */
export function toSignalsNow(
  latest: readonly LatestSignal[],
  plan: Plan | undefined,
  nowMs: number,
  withoutPlan: Readonly<Record<string, Explained>> = {},
): SignalNow[] {
  const planned = plan?.acquisition.signals ?? {};
  const explained: Readonly<Record<string, Explained>> = plan ? planned : withoutPlan;
  const order = new Map(Object.keys(planned).map((name, index) => [name, index]));
  const came = latest.map((sample): SignalNow => {
    const { name, unit, value, quality, t, spn, sa } = sample;
    const isGood = quality === "good" && value !== null && Number.isFinite(value);
    return {
      name,
      title: explained[name]?.title ?? { en: name, "zh-CN": name },
      unit,
      value: isGood ? value : null,
      quality,
      t,
      ageSeconds: (nowMs * 1000 - Number(parseInstantNs(t, "t") / 1000n)) / 1_000_000,
      staleAfterSeconds: staleAfter(explained[name]),
      decimals: decimalsOf(explained[name]),
      ...(spn === undefined ? {} : { spn }),
      ...(sa === undefined ? {} : { sa }),
    };
  });
  const seen = new Set(came.map(({ name }) => name));
  const missing = Object.entries(planned)
    .filter(([name]) => !seen.has(name))
    .map(([name, signal]): SignalNow => {
      const { title, unit, j1939 } = signal;
      const spn = j1939 === undefined ? {} : { spn: j1939.spn };
      return {
        name,
        title,
        unit,
        value: null,
        quality: "not-available",
        t: null,
        ageSeconds: null,
        staleAfterSeconds: staleAfter(signal),
        decimals: decimalsOf(signal),
        ...spn,
      };
    });
  const derived = plan ? derivedSignals(plan) : [];
  const rank = ({ name }: SignalNow) => order.get(name) ?? order.size;
  const measured = [...came, ...missing].sort(
    (a, b) => rank(a) - rank(b) || (a.sa ?? 0) - (b.sa ?? 0),
  );
  return [...measured, ...derived];
}

/** Enough for shares as well as for amounts. */
const derivedDecimals = 2;

/** What the plan derives: not stored, so without a newest value here; its series is reckoned when asked for. */
function derivedSignals(plan: Plan): SignalNow[] {
  const { signals } = withDerived(plan).acquisition;
  return Object.entries(derivedOf(plan)).map(([name, { title, unit }]) => ({
    ...{ name, title, unit, value: null, quality: "not-available", t: null, ageSeconds: null },
    staleAfterSeconds: staleAfter(signals[name]),
    decimals: derivedDecimals,
    derivedFrom: measuredBehind(derivedOf(plan), name),
  }));
}

type PlannedSignal = Plan["acquisition"]["signals"][string];
type Explained = Pick<PlannedSignal, "title" | "scale" | "sampling">;

/** A scale of 0.125 resolves no tenths, one of 0.05 does. */
const decimalsOf = (signal: Pick<PlannedSignal, "scale"> | undefined): number =>
  signal === undefined ? 2 : Math.max(0, Math.floor(-Math.log10(Math.abs(signal.scale))));

/** A signal that is held back by its dead band is silent for a while although nothing is wrong. */
const leastStaleSeconds = 10;

/** Seconds after which a value is old: the signal is sent more often than that. */
export function staleAfter(signal: Pick<PlannedSignal, "sampling"> | undefined): number {
  return leastStaleSeconds + Math.ceil(longestSilenceSeconds(signal?.sampling) ?? 0);
}
