import { inLanguage, t } from "../i18n/language.ts";
import type { MachineRow } from "../types.ts";

/** What kind of machine it is; of one that is read from another maker's server, whose. */
export function machineType({
  origin,
  plan,
  planTitle,
}: Pick<MachineRow, "origin" | "plan" | "planTitle">): string {
  if (origin) return t("originOf", { maker: origin.maker ?? origin.sourceId });
  return planTitle ? inLanguage(planTitle) : plan;
}
