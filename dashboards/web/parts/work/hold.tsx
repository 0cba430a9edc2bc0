import { mayHold } from "../../field/fold-steps.ts";
import type { Job } from "../../field/use-job.ts";
import { textsOf } from "../../i18n/language.ts";
import { texts as orderTexts } from "../../i18n/pages/work-order-texts.ts";
import { texts as workTexts } from "../../i18n/pages/work-texts.ts";
import { Choice, Field, textIn } from "../form.tsx";
import { Ask } from "./ask.tsx";

const { t } = textsOf(orderTexts);
const { word } = textsOf(workTexts);
const reasons = ["customer_postponed", "site_closed", "safety"] as const;

/** Interrupts the job with a reason; only the customer's and the site's stop clocks. */
export function Hold({ job }: { job: Job }) {
  const { view } = job;
  if (!mayHold(view.state) || !view.isAccepted || view.isRejected) return null;
  const hold = (form: FormData) => {
    const note = textIn(form, "note");
    const reason = reasons.find((one) => one === form.get("reason")) ?? "safety";
    return job.act("hold", { reason, ...(note === undefined ? {} : { note }) });
  };
  return (
    <Ask label={word("do", "hold")} testid="hold" onSubmit={hold}>
      <Choice
        label={t("reason")}
        name="reason"
        words={reasons}
        textOf={(reason) => t(`hold.${reason}` as "hold.safety")}
      />
      <Field label={t("note")}>
        <textarea name="note" maxLength={1000} rows={2} />
      </Field>
    </Ask>
  );
}
