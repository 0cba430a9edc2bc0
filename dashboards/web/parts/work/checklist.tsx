import { useState } from "preact/hooks";
import type { ChecklistAnswer, ChecklistStep } from "../../field/field-types.ts";
import { photoRef } from "../../field/outbox.ts";
import type { Job } from "../../field/use-job.ts";
import { inLanguage, textsOf } from "../../i18n/language.ts";
import { texts } from "../../i18n/pages/work-order-texts.ts";
import { Field, numberIn, textIn } from "../form.tsx";
import { Choices } from "./attempts.tsx";
import { PhotoBox } from "./photo-box.tsx";
import { PartNumbers } from "./work-under-way.tsx";

const { t } = textsOf(texts);
const results = ["passed", "failed", "not_applicable"] as const;

/** Every step with its answer; measured wear where the plan asks for it. */
export function Checklist({ job }: { job: Job }) {
  const { checklist } = job.order;
  const done = checklist.filter(({ stepId }) => job.view.answers.has(stepId)).length;
  if (checklist.length === 0) return null;
  return (
    <section class="card" data-testid="checklist">
      <h2>{t("checklist")}</h2>
      <p class="faint">{t("answered", { done, all: checklist.length })}</p>
      {checklist.map((step) => (
        <OneStep key={step.stepId} job={job} step={step} />
      ))}
    </section>
  );
}

function answerIn(form: FormData, step: ChecklistStep, photos: readonly string[]): ChecklistAnswer {
  const measured = numberIn(form, "measured");
  const remainingLifePct = numberIn(form, "remainingLifePct");
  const note = textIn(form, "note");
  const partNo = textIn(form, "partNo");
  const quantity = numberIn(form, "quantity") ?? 1;
  return {
    stepId: step.stepId,
    result: results.find((one) => one === form.get("result")) ?? "passed",
    ...(measured === undefined ? {} : { measured }),
    ...(remainingLifePct === undefined ? {} : { remainingLifePct }),
    ...(note === undefined ? {} : { note }),
    ...(partNo === undefined ? {} : { parts: [{ partNo, quantity }] }),
    ...(photos.length === 0 ? {} : { photos: [...photos] }),
  };
}

function OneStep({ job, step }: { job: Job; step: ChecklistStep }) {
  const answer = job.view.answers.get(step.stepId);
  const [isOpen, open] = useState(false);
  return (
    <div class="check-step" data-row={step.stepId} data-value={answer?.result ?? ""}>
      <button type="button" class="big check-head" onClick={() => open(!isOpen)}>
        <span>{inLanguage(step.step)}</span>
        <span class={`chip check-${answer?.result ?? "open"}`}>
          {answer ? t(`result.${answer.result}`) : "–"}
        </span>
      </button>
      {isOpen && <Answer job={job} step={step} answer={answer} onDone={() => open(false)} />}
    </div>
  );
}

/** A part that a failed step needs becomes a parts ticket of its own; without one the step becomes a repair. */
function NeededPart({ job, step, answer }: Omit<AnswerProps, "onDone">) {
  // Checks of the very fault of this ticket: what they find is mended here.
  if (step.stepId.startsWith("check-")) return null;
  const [part] = answer?.parts ?? [];
  const list = `parts-of-${step.stepId}`;
  return (
    <>
      <PartNumbers job={job} id={list} />
      <Field label={t("partNeeded")}>
        <input name="partNo" list={list} maxLength={100} defaultValue={part?.partNo ?? ""} />
      </Field>
      <Field label={t("quantity")}>
        <input
          name="quantity"
          type="number"
          inputMode="numeric"
          min={1}
          max={1000}
          defaultValue={String(part?.quantity ?? 1)}
        />
      </Field>
    </>
  );
}

interface AnswerProps {
  readonly job: Job;
  readonly step: ChecklistStep;
  readonly answer: ChecklistAnswer | undefined;
  readonly onDone: () => void;
}

function Answer({ job, step, answer, onDone }: AnswerProps) {
  const [result, choose] = useState<string>(answer?.result ?? "");
  const [photos, addTo] = useState<readonly string[]>(answer?.photos ?? []);
  const about = [
    ["tool", step.tool],
    ["method", step.method],
    ["acceptance", step.acceptance],
  ] as const;
  const keep = async (form: FormData) => {
    const answers = [answerIn(form, step, photos)];
    if (await job.act("answer-checklist", { answers })) onDone();
  };
  return (
    <form
      class="ask"
      onSubmit={(event) => {
        event.preventDefault();
        if (event.currentTarget instanceof HTMLFormElement)
          void keep(new FormData(event.currentTarget));
      }}
    >
      {about.map(([name, text]) =>
        text ? (
          <p key={name}>
            <b>{t(name)}:</b> {inLanguage(text)}
          </p>
        ) : null,
      )}
      <Choices
        name="result"
        label={t("outcome")}
        words={results}
        value={result}
        textOf={(one) => t(`result.${one}`)}
        onChoose={choose}
      />
      {(step.unit || step.measures || step.signal) && (
        <Field label={step.unit ? `${t("measured")} (${step.unit})` : t("measured")}>
          <input name="measured" type="number" step="any" defaultValue={answer?.measured} />
        </Field>
      )}
      {step.measures && (
        <Field label={t("remainingLife")}>
          <input
            name="remainingLifePct"
            type="number"
            min={0}
            max={100}
            step="any"
            defaultValue={answer?.remainingLifePct}
          />
        </Field>
      )}
      {result === "failed" && <NeededPart job={job} step={step} answer={answer} />}
      <Field label={t("note")}>
        <textarea name="note" maxLength={2000} rows={2} defaultValue={answer?.note ?? ""} />
      </Field>
      <PhotoBox
        job={job}
        purpose="checklist"
        label={t("takePhoto")}
        photos={job.photos.filter(({ localId }) => photos.includes(photoRef(localId)))}
        onAdded={(localId) => addTo((before) => [...before, photoRef(localId)])}
      />
      <button type="submit" class="big strong">
        {t(`result.${results.find((one) => one === result) ?? "passed"}`)} ✓
      </button>
    </form>
  );
}
