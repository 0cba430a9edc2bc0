import { endOf, unanswered } from "../../field/fold-steps.ts";
import type { Job } from "../../field/use-job.ts";
import { inLanguage, textsOf } from "../../i18n/language.ts";
import { texts as orderTexts } from "../../i18n/pages/work-order-texts.ts";
import { texts as workTexts } from "../../i18n/pages/work-texts.ts";
import { Choice, Field, numberIn, textIn } from "../form.tsx";
import { Ask } from "./ask.tsx";

const { t } = textsOf(orderTexts);
const { word } = textsOf(workTexts);
const consultModes = ["expert", "hotline", "maker"];

/** What may end or interrupt the work, and help with it. */
export function WorkUnderWay({ job }: { job: Job }) {
  const end = endOf(job.content.attempts);
  return (
    <>
      {end === undefined && <p class="lead">{t("needAttempt")}</p>}
      {end === "finish" && <Finish job={job} />}
      {end === "not-fixed" && <NotFixed job={job} />}
      <Consult job={job} />
      <MissParts job={job} />
    </>
  );
}

/** Names what still stands in the way instead of being refused later. */
function Finish({ job }: { job: Job }) {
  const { order, view, content } = job;
  const isInspection = order.kind === "inspection";
  const open = isInspection ? unanswered(order, view) : 0;
  if (open > 0) return <p class="problem">{t("stepsOpen", { count: open })}</p>;
  if (isInspection && !view.survey) return <p class="problem">{t("surveyOpen")}</p>;
  const finish = async () => {
    job.write({ content: { ...content, fullMachineCheck: true } });
    return job.act("finish", { attempts: content.attempts, isMachineChecked: true });
  };
  return (
    <Ask label={word("do", "finish")} testid="finish" isStrong onSubmit={finish}>
      <label class="tick">
        <input type="checkbox" name="checked" required />
        <span>{t("machineChecked")}</span>
      </label>
    </Ask>
  );
}

function NotFixed({ job }: { job: Job }) {
  const { content, view } = job;
  if (view.consults === 0) return <p class="problem">{t("askFirst")}</p>;
  return (
    <Ask
      label={word("do", "not-fixed")}
      testid="not-fixed"
      onSubmit={(form) => {
        const note = textIn(form, "note");
        return job.act("not-fixed", { attempts: content.attempts, ...(note ? { note } : {}) });
      }}
    >
      <Field label={t("note")}>
        <textarea name="note" maxLength={1000} rows={2} />
      </Field>
    </Ask>
  );
}

function Consult({ job }: { job: Job }) {
  const ask = (form: FormData) => {
    const advice = textIn(form, "advice");
    const mode = textIn(form, "mode") ?? "expert";
    const question = textIn(form, "question") ?? "";
    return job.act("consult", { consult: { mode, question, ...(advice ? { advice } : {}) } });
  };
  return (
    <Ask label={word("do", "consult")} testid="consult" onSubmit={ask}>
      <Choice
        label={t("whom")}
        name="mode"
        words={consultModes}
        textOf={(mode) => t(`mode.${mode}` as "mode.expert")}
      />
      <Field label={t("question")}>
        <textarea name="question" required maxLength={2000} rows={3} />
      </Field>
      <Field label={t("advice")}>
        <textarea name="advice" maxLength={2000} rows={2} />
      </Field>
    </Ask>
  );
}

/** Parts of the machine and of the order, to choose from; any other number can be typed. */
export function PartNumbers({ job, id }: { job: Job; id: string }) {
  const { parts, reserved, installedParts } = job.order;
  const names = new Map<string, string>();
  for (const { partNo, title } of installedParts)
    names.set(partNo, title ? inLanguage(title) : partNo);
  for (const { partNo, name } of [...parts, ...reserved]) names.set(partNo, inLanguage(name));
  return (
    <datalist id={id}>
      {[...names].map(([partNo, name]) => (
        <option key={partNo} value={partNo} label={name} />
      ))}
    </datalist>
  );
}

function MissParts({ job }: { job: Job }) {
  const miss = (form: FormData) => {
    const partNo = textIn(form, "partNo") ?? "";
    const note = textIn(form, "note");
    return job.act("miss-parts", {
      lines: [{ partNo, quantity: numberIn(form, "quantity") ?? 1 }],
      leavesSite: form.get("leavesSite") !== null,
      ...(note ? { note } : {}),
    });
  };
  return (
    <Ask label={word("do", "miss-parts")} testid="miss-parts" onSubmit={miss}>
      <PartNumbers job={job} id="missing-parts" />
      <Field label={t("partNo")}>
        <input name="partNo" list="missing-parts" required maxLength={100} />
      </Field>
      <Field label={t("quantity")}>
        <input
          name="quantity"
          type="number"
          inputMode="numeric"
          min={1}
          max={1000}
          defaultValue="1"
        />
      </Field>
      <label class="tick">
        <input type="checkbox" name="leavesSite" />
        <span>{t("leavesSite")}</span>
      </label>
      <Field label={t("note")}>
        <textarea name="note" maxLength={1000} rows={2} />
      </Field>
    </Ask>
  );
}
