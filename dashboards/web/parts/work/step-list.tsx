import { correct, dismiss } from "../../field/field-desk.ts";
import type { Step } from "../../field/field-types.ts";
import { formatTime } from "../../format.ts";
import { language, textsOf } from "../../i18n/language.ts";
import { texts } from "../../i18n/pages/work-texts.ts";

const { t, word } = textsOf(texts);

function Why({ step }: { step: Step }) {
  const { code = "", message, whatToDo } = step.answer ?? {};
  if (step.answer === undefined) return null;
  const why = word("why", code);
  const isKnown = why !== code;
  // What exactly to correct says only the server, in English.
  const isHelpful = !isKnown || whatToDo === "correct" || language.value === "en";
  return (
    <p class={step.status === "refused" ? "problem" : "faint"}>
      {isKnown && <b>{why} </b>}
      {whatToDo && t(`advice.${whatToDo}`)}
      {message && isHelpful && (
        <small lang="en" class="server-word">
          {message}
        </small>
      )}
    </p>
  );
}

function OneStep({ step }: { step: Step }) {
  const mayGo = step.status === "refused" || step.answer !== undefined;
  return (
    <li data-row={step.type} data-status={step.status}>
      <div class="step-head">
        <b>{word("do", step.type)}</b>
        <time dateTime={step.at}>{formatTime(step.at, language.value, "minute")}</time>
        <span class={`chip step-${step.status}`}>{t(`status.${step.status}`)}</span>
      </div>
      <Why step={step} />
      {mayGo && (
        <div class="row-actions">
          {step.status === "refused" && (
            <button type="button" onClick={() => void correct(step, step.body)}>
              {t("sendAgain")}
            </button>
          )}
          <button type="button" data-testid="take-out" onClick={() => void dismiss(step)}>
            {t("takeOut")}
          </button>
        </div>
      )}
    </li>
  );
}

/** What was recorded on this phone and what the server said to it, newest first. */
export function StepList({ steps }: { steps: readonly Step[] }) {
  if (steps.length === 0) return null;
  return (
    <section class="card" data-testid="recorded">
      <h2>{t("recorded")}</h2>
      <ul class="step-list">
        {[...steps].reverse().map((step) => (
          <OneStep key={step.commandId} step={step} />
        ))}
      </ul>
    </section>
  );
}
