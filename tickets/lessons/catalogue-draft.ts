import { FailureMode } from "@firebreak/plans/plan-schema.ts";
import { Errors } from "typebox/value";
import { stringify } from "yaml";
import type { I18nText } from "../evidence.ts";
import type { ServiceReport } from "../field/service-report.ts";
import { medianOf } from "./rule-record.ts";

/** A failure mode as a plan has it, which may lack whatever the reports did not say. */
export type CatalogueDraft = Readonly<Record<string, unknown>>;

const said = (text: string): I18nText => ({ en: text, "zh-CN": text });

/**
 * A failure mode made of what reports say of one fault: the commonest symptom, causes with how often each was found,
 * parts with how often each was used. Texts stand in both languages as the engineers wrote them: whoever reviews it
 * translates. What no report can know (skill, component, class, procedures) is left for the reviewer.
 */
export function draftFromReports(
  reports: readonly ServiceReport[],
  code?: { readonly spn: number; readonly fmi: number; readonly sa: number },
): CatalogueDraft {
  const contents = reports.map(({ content }) => content);
  const symptom = commonest(contents.map((content) => content.symptom)) ?? "";
  const checks = [
    ...new Set(contents.flatMap(({ attempts }) => attempts.map((one) => one.judgement))),
  ];
  const hours = contents.map(({ labourHours }) => labourHours).filter((each) => each > 0);
  return {
    title: said(symptom),
    nature: "component",
    ticket: "inspection",
    priority: "general",
    safetyRelated: false,
    origin: "field",
    reviewState: "draft",
    ...(code ? { dtcs: [{ spn: code.spn, fmis: [code.fmi], sa: code.sa }] } : {}),
    symptom: said(symptom),
    causes: causesOf(contents),
    checks: checks.slice(0, 10).map((check) => ({ check: said(check), expected: said("") })),
    parts: partsOf(contents),
    ...(hours.length > 0 ? { standardHours: medianOf(hours.sort((a, b) => a - b)) } : {}),
  };
}

type Content = ServiceReport["content"];

function causesOf(contents: readonly Content[]) {
  const found = contents.filter(({ rootCause }) => rootCause);
  const byCause = Map.groupBy(found, ({ rootCause }) => rootCause?.causeId ?? "");
  return [...byCause]
    .map(([id, alike]) => ({
      id,
      text: said(commonest(alike.map(({ attempts }) => attempts.at(-1)?.judgement ?? "")) ?? id),
      category: categoryOf(alike),
      observedCount: alike.length,
      remedies: remediesOf(alike),
    }))
    .sort((a, b) => b.observedCount - a.observedCount);
}

/** One replacement for each part that was used, else one repair; the reviewer names the procedure of each. */
function remediesOf(alike: readonly Content[]) {
  const text = said(commonest(alike.map(({ solution }) => solution)) ?? "");
  const hours = alike.map(({ labourHours }) => labourHours).filter((each) => each > 0);
  const all = {
    text,
    ...(hours.length > 0 ? { standardHours: medianOf(hours.sort((a, b) => a - b)) } : {}),
  };
  const parts = partsOf(alike);
  if (parts.length === 0) return [{ kind: "repair", ...all }];
  return parts.map(({ partNo, quantity }) => ({ kind: "replace", ...all, partNo, quantity }));
}

function categoryOf(alike: readonly Content[]): "part_damage" | "operator_misuse" | "other" {
  if (alike.some(({ partsUsed }) => partsUsed.length > 0)) return "part_damage";
  return alike.every(({ rootCause }) => rootCause?.responsibility === "operator")
    ? "operator_misuse"
    : "other";
}

function partsOf(contents: readonly Content[]) {
  const lines = contents.flatMap(({ partsUsed }) => partsUsed);
  return [...Map.groupBy(lines, ({ partNo }) => partNo)].map(([partNo, alike]) => {
    const cases = contents.filter(({ partsUsed }) =>
      partsUsed.some((one) => one.partNo === partNo),
    );
    const quantity = Math.max(...alike.map((one) => one.quantity));
    return { partNo, quantity, probability: cases.length / contents.length };
  });
}

/** The first of the most frequent; undefined without any text. */
function commonest(texts: readonly string[]): string | undefined {
  const counts = new Map<string, number>();
  for (const text of texts) if (text !== "") counts.set(text, (counts.get(text) ?? 0) + 1);
  return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0];
}

/** What a draft lacks to enter a plan, such as `/skill: must have required properties skill`; empty: nothing. */
export const draftProblems = (draft: CatalogueDraft): string[] =>
  Errors(FailureMode, draft).map(({ instancePath, message }) => `${instancePath}: ${message}`);

/** To be pasted under `failureModes:` of a plan's service section. */
export const toPlanYaml = (faultCode: string, draft: CatalogueDraft): string =>
  stringify({ [faultCode]: draft }, { indent: 2 }).replace(/^(?=.)/gm, "    ");
