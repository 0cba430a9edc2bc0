import { t } from "../i18n/language.ts";
import type { MachineRow } from "../types.ts";

/** Rules that failed on a machine: it is judged by fewer than its plan has. Nothing where all is well. */
export function FaultyRules({ rules }: { rules: NonNullable<MachineRow["faultyRules"]> }) {
  return rules.map(({ ruleId, message }) => (
    <p key={ruleId} class="lead" data-testid="faulty-rule" data-rule={ruleId}>
      <b>{t("faultyRule", { rule: ruleId })}</b> <small>{message}</small>
    </p>
  ));
}
