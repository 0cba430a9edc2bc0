import { useState } from "preact/hooks";
import { textsOf } from "../../i18n/language.ts";
import { texts } from "../../i18n/pages/ticket-order-texts.ts";
import { Choice, Field } from "../form.tsx";
import type { OrderField } from "./order-table.ts";

const { t, word } = textsOf(texts);

/** The input for one thing that is said with an order. */
export function OrderInput({ field }: { readonly field: OrderField }) {
  const { name, kind, isRequired = false, words = [], vocabulary = "" } = field;
  const label = word("field", field.label ?? name);
  switch (kind) {
    case "choice":
      return (
        <Choice
          label={label}
          name={name}
          words={words}
          isRequired={isRequired}
          textOf={(one) => word(vocabulary, one)}
        />
      );
    case "check":
      return (
        <label class="tick">
          <input type="checkbox" name={name} required={isRequired} />
          <span>{label}</span>
        </label>
      );
    case "attempts":
      return <Attempts results={words} />;
    case "lines":
      return <Lines label={label} />;
    case "time":
      return (
        <Field label={label}>
          <input type="datetime-local" name={name} required={isRequired} />
        </Field>
      );
    case "long":
      return (
        <Field label={label}>
          <textarea name={name} rows={2} maxLength={2000} required={isRequired} />
        </Field>
      );
    default:
      return (
        <Field label={label}>
          <input name={name} maxLength={1000} required={isRequired} autocomplete="off" />
        </Field>
      );
  }
}

/** Judged and handled, again and again, until the last one ends it with one of `results`. */
export function Attempts({ results }: { readonly results: readonly string[] }) {
  const [count, setCount] = useState(1);
  const numbers = Array.from({ length: count }, (_, index) => index + 1);
  return (
    <fieldset class="repeated">
      <legend>{t("attempts")}</legend>
      {numbers.map((number) => (
        <div key={number} class="repeated-one">
          <p class="faint">{t("attempt", { number })}</p>
          <Field label={t("judgement")}>
            <input name="judgement" required maxLength={2000} />
          </Field>
          <Field label={t("handling")}>
            <input name="handling" required maxLength={2000} />
          </Field>
          <Choice
            label={t("result")}
            name="result"
            words={number < count ? ["not_fixed", "awaiting_parts"] : results}
            textOf={(one) => word("result", one)}
          />
        </div>
      ))}
      <button type="button" onClick={() => setCount(count + 1)}>
        {t("addAttempt")}
      </button>
    </fieldset>
  );
}

function Lines({ label }: { readonly label: string }) {
  const [count, setCount] = useState(1);
  return (
    <fieldset class="repeated">
      <legend>{label}</legend>
      {Array.from({ length: count }, (_, index) => (
        <div key={String(index)} class="part-line">
          <Field label={t("field.partNo")}>
            <input name="partNo" required={index === 0} maxLength={100} autocomplete="off" />
          </Field>
          <Field label={t("field.quantity")}>
            <input name="quantity" type="number" min={1} max={1000} defaultValue="1" />
          </Field>
        </div>
      ))}
      <button type="button" onClick={() => setCount(count + 1)}>
        {t("addLine")}
      </button>
    </fieldset>
  );
}
