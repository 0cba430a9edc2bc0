import { inLanguage, textsOf } from "../../i18n/language.ts";
import type { Message } from "../../i18n/messages.ts";
import { texts } from "../../i18n/pages/public-texts.ts";

const { t } = textsOf(texts);

/** One fault that machines of a type may have. */
export interface Symptom {
  readonly productType: string;
  readonly product: Message;
  readonly failureMode: string;
  readonly title: Message;
  readonly symptom: Message;
}

interface Props {
  readonly symptoms: readonly Symptom[];
  readonly productType: string;
  readonly failureMode: string;
  readonly onProduct: (productType: string) => void;
  readonly onMode: (failureMode: string) => void;
}

/** The kind of machine, then what it may be; both may be left open. */
export function SymptomChoice(props: Props) {
  const { symptoms, productType, failureMode, onProduct, onMode } = props;
  const products = new Map(symptoms.map((one) => [one.productType, one.product]));
  const shown = symptoms.filter((one) => one.productType === productType);
  if (symptoms.length === 0) return null;
  return (
    <>
      <label class="field">
        <span>{t("machineKind")}</span>
        <select
          name="productType"
          value={productType}
          onChange={({ currentTarget }) => onProduct(currentTarget.value)}
        >
          <option value="">{t("choose")}</option>
          {[...products].map(([type, product]) => (
            <option key={type} value={type}>
              {inLanguage(product)}
            </option>
          ))}
        </select>
      </label>
      {shown.length > 0 && (
        <fieldset class="choices" data-testid="symptoms">
          <legend>{t("whatIsWrong")}</legend>
          {[...shown, undefined].map((one) => (
            <label key={one?.failureMode ?? ""} class="choice">
              <input
                type="radio"
                name="failureMode"
                value={one?.failureMode ?? ""}
                checked={failureMode === (one?.failureMode ?? "")}
                onChange={() => onMode(one?.failureMode ?? "")}
              />
              <span>
                {one ? inLanguage(one.title) : t("somethingElse")}
                {one && <small class="faint">{inLanguage(one.symptom)}</small>}
              </span>
            </label>
          ))}
        </fieldset>
      )}
    </>
  );
}
