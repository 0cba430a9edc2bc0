import { inLanguage, textsOf } from "../../i18n/language.ts";
import { texts } from "../../i18n/pages/work-order-texts.ts";
import { Field } from "../form.tsx";
import type { ReportPartProps } from "./report-form.tsx";

const { t } = textsOf(texts);

/** Life left of the machine's wear parts, as it was measured; empty: not looked at. */
export function MeasuredWear({ job, change }: ReportPartProps) {
  const wearing = job.order.installedParts.filter(({ isWearPart }) => isWearPart);
  const { measuredWear } = job.content;
  if (wearing.length === 0) return null;
  const set = (position: string, text: string) => {
    const others = measuredWear.filter((one) => one.position !== position);
    const value = Number(text);
    const isGiven = text !== "" && value >= 0 && value <= 100;
    change({ measuredWear: isGiven ? [...others, { position, remainingLifePct: value }] : others });
  };
  return (
    <fieldset class="group">
      <legend>
        {t("wear")} · {t("remainingLife")}
      </legend>
      {wearing.map(({ position, title }) => (
        <Field key={position} label={title ? inLanguage(title) : position}>
          <input
            name={`wear-${position}`}
            type="number"
            inputMode="decimal"
            min={0}
            max={100}
            value={measuredWear.find((one) => one.position === position)?.remainingLifePct ?? ""}
            onInput={({ currentTarget }) => set(position, currentTarget.value)}
          />
        </Field>
      ))}
    </fieldset>
  );
}
