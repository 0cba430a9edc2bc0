import { textsOf } from "../i18n/language.ts";
import { texts } from "../i18n/pages/public-texts.ts";
import { textIn } from "./form.tsx";

const { t, word } = textsOf(texts);
const expectations = ["exceed", "above", "meet", "below"] as const;
const dimensions = ["tangibles", "reliability", "responsiveness", "assurance", "empathy"] as const;
const upTo = (first: number, last: number) =>
  Array.from({ length: last - first + 1 }, (_, index) => String(first + index));

interface ScaleProps {
  readonly name: string;
  readonly label: string;
  readonly words: readonly string[];
  readonly textOf?: (word: string) => string;
  readonly low?: string;
  readonly high?: string;
  readonly isRequired?: boolean;
  readonly onChange?: (word: string) => void;
}

/** One answer out of a row. */
export function Scale(props: ScaleProps) {
  const { name, label, words, textOf = (one) => one, low, high, isRequired, onChange } = props;
  return (
    <fieldset class={words.length > 9 ? "scale long" : "scale"} data-field={name}>
      <legend>{label}</legend>
      <div class="scale-row">
        {words.map((one) => (
          <label key={one}>
            <input
              type="radio"
              class="unseen"
              name={name}
              value={one}
              required={isRequired}
              onChange={() => onChange?.(one)}
            />
            <span>{textOf(one)}</span>
          </label>
        ))}
      </div>
      {low !== undefined && (
        <p class="scale-ends faint small">
          <span>{low}</span>
          <span>{high}</span>
        </p>
      )}
    </fieldset>
  );
}

/** The questions of a rating, as a customer answers them and as an agent asks them. */
export function RatingFields() {
  return (
    <>
      <Scale
        name="npsScore"
        label={t("nps")}
        words={upTo(0, 10)}
        low={t("npsLow")}
        high={t("npsHigh")}
      />
      <Scale
        name="csat"
        label={t("csat")}
        words={upTo(1, 5)}
        low={t("oneLow")}
        high={t("fiveHigh")}
      />
      <Scale
        name="expectation"
        label={t("expectation")}
        words={expectations}
        textOf={(one) => word("expectation", one)}
      />
      <details class="in-detail">
        <summary>{t("inDetail")}</summary>
        {dimensions.map((one) => (
          <Scale key={one} name={one} label={word("dimension", one)} words={upTo(1, 5)} />
        ))}
      </details>
      <label class="field">
        <span>{t("comment")}</span>
        <textarea name="comment" rows={3} maxLength={2_000} />
      </label>
    </>
  );
}

/** What was answered, as the interface takes it; undefined when nothing was. Pure. */
export function ratingIn(form: FormData) {
  const number = (name: string) => {
    const text = textIn(form, name);
    return text === undefined ? undefined : Number(text);
  };
  const detail = dimensions.map((name) => [name, number(name)] as const);
  const answered = detail.filter(([, value]) => value !== undefined);
  const rating = {
    npsScore: number("npsScore"),
    csat: number("csat"),
    expectation: textIn(form, "expectation"),
    dimensions: answered.length === 0 ? undefined : Object.fromEntries(answered),
    comment: textIn(form, "comment"),
  };
  return Object.values(rating).some((one) => one !== undefined) ? rating : undefined;
}
