import { textIn } from "../form.tsx";
import type { OrderField } from "./order-table.ts";

const isoOf = (local: string): string => new Date(local).toISOString();

function saidIn({ name, kind, words = [] }: OrderField, form: FormData): unknown {
  const said = textIn(form, name);
  switch (kind) {
    case "check":
      return form.has(name);
    case "time":
      return said && isoOf(said);
    case "ids":
      return said?.split(/[\s,，、;；]+/).filter(Boolean);
    case "attempts":
      return attemptsIn(form, words);
    case "lines":
      return linesIn(form);
    default:
      return said;
  }
}

/** The attempts of a form, in order. */
export function attemptsIn(form: FormData, _words: readonly string[] = []): object[] {
  const [judgements, handlings, results] = ["judgement", "handling", "result"].map((name) =>
    form.getAll(name).map((one) => String(one).trim()),
  );
  return (judgements ?? []).map((judgement, index) => ({
    judgement,
    handling: handlings?.[index] ?? "",
    result: results?.[index] ?? "",
  }));
}

function linesIn(form: FormData): object[] {
  const quantities = form.getAll("quantity").map(Number);
  return form
    .getAll("partNo")
    .map((one, index) => ({ partNo: String(one).trim(), quantity: quantities[index] ?? 1 }))
    .filter(({ partNo }) => partNo !== "");
}

/** What a form says, as the body of its order; what was left empty is left out. Pure. */
export function bodyOf(fields: readonly OrderField[], form: FormData): Record<string, unknown> {
  const body: Record<string, unknown> = {};
  for (const field of fields) {
    const value = saidIn(field, form);
    if (value === undefined) continue;
    const [whole = "", part] = field.name.split(".");
    if (part === undefined) body[whole] = value;
    else body[whole] = { ...(body[whole] as object | undefined), [part]: value };
  }
  return body.inspection ? { ...body, inspection: { ...body.inspection, failedSteps: [] } } : body;
}
