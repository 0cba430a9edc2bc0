import type { Attempt } from "../../field/field-types.ts";
import type { Job } from "../../field/use-job.ts";
import { textsOf } from "../../i18n/language.ts";
import { texts } from "../../i18n/pages/work-order-texts.ts";
import { Field } from "../form.tsx";

const { t } = textsOf(texts);
const results = ["fixed", "not_fixed", "awaiting_parts", "no_fault_found"] as const;
/** ES-5: so many suggest that an expert be asked. */
const expertAfter = 3;

/** Judging and handling, again and again until something ends it (O-19). */
export function Attempts({ job }: { job: Job }) {
  const { attempts } = job.content;
  const last = attempts.at(-1)?.result;
  const isEnded = last === "fixed" || last === "no_fault_found";
  const isLocked = job.view.state !== "in_progress";
  const keep = (next: readonly Attempt[]) =>
    job.write({ content: { ...job.content, attempts: [...next] }, attempt: {} });
  return (
    <section class="card" data-testid="attempts">
      <h2>{t("attempts")}</h2>
      <ol class="causes">
        {attempts.map(({ judgement, handling, result }, index) => (
          <li key={`${index}-${judgement}`} data-row={result}>
            <b>
              {t("attemptNo", { no: index + 1 })}: {judgement}
            </b>
            <span>{handling}</span>
            <span class={`chip result-${result}`}>{t(`outcome.${result}`)}</span>
          </li>
        ))}
      </ol>
      {attempts.length >= expertAfter && !isEnded && <p class="problem">{t("expertHint")}</p>}
      {!isEnded && !isLocked && <NewAttempt job={job} onAdd={(one) => keep([...attempts, one])} />}
      {attempts.length > 0 && !isLocked && (
        <button type="button" class="big" onClick={() => keep(attempts.slice(0, -1))}>
          {t("removeLast")}
        </button>
      )}
    </section>
  );
}

/** What is typed here survives everything, like the rest of the report. */
function NewAttempt({ job, onAdd }: { job: Job; onAdd: (attempt: Attempt) => void }) {
  const typed = job.draft?.attempt ?? {};
  const { judgement = "", handling = "", result = "" } = typed;
  const type = (name: string, value: string) =>
    job.write({ attempt: { ...(job.newest()?.attempt ?? typed), [name]: value } });
  const chosen = results.find((one) => one === result);
  return (
    <form
      class="ask"
      data-testid="attempt-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (chosen)
          onAdd({ judgement: judgement.trim(), handling: handling.trim(), result: chosen });
      }}
    >
      {(["judgement", "handling"] as const).map((name) => (
        <Field key={name} label={t(name)}>
          <textarea
            name={name}
            required
            maxLength={2000}
            rows={2}
            value={typed[name] ?? ""}
            onInput={({ currentTarget }) => type(name, currentTarget.value)}
          />
        </Field>
      ))}
      <Choices
        name="result"
        label={t("outcome")}
        words={results}
        value={result}
        textOf={(one) => t(`outcome.${one}`)}
        onChoose={(one) => type("result", one)}
      />
      <button type="submit" class="big strong">
        {t("addAttempt")}
      </button>
    </form>
  );
}

interface ChoicesProps<Word extends string> {
  readonly name: string;
  readonly label: string;
  readonly words: readonly Word[];
  readonly value: string;
  readonly textOf: (word: Word) => string;
  readonly onChoose: (word: Word) => void;
}

/** A choice as big buttons: with gloves nobody opens a list. */
export function Choices<Word extends string>(props: ChoicesProps<Word>) {
  const { name, label, words, value, textOf, onChoose } = props;
  return (
    <fieldset class="choices">
      <legend>{label}</legend>
      {words.map((word) => (
        <label key={word} class={word === value ? "choice chosen" : "choice"}>
          <input
            type="radio"
            name={name}
            value={word}
            required
            checked={word === value}
            onChange={() => onChoose(word)}
          />
          <span>{textOf(word)}</span>
        </label>
      ))}
    </fieldset>
  );
}
