import { textsOf } from "../../i18n/language.ts";
import { texts } from "../../i18n/pages/telemetry-texts.ts";
import type { Mapping } from "./mapping.ts";

const { t } = textsOf(texts);

interface Props {
  readonly wide: Mapping["wide"];
  readonly onChange: (column: string, signal: string) => void;
}

/** Which signal each of several columns holds. */
export const WideColumns = ({ wide, onChange }: Props) => (
  <fieldset class="wide-columns" data-testid="wide-columns">
    <legend>{t("wideAbout")}</legend>
    {Object.entries(wide).map(([column, signal]) => (
      <label key={column}>
        <span>{column}</span>
        <input
          data-column={column}
          maxLength={200}
          placeholder={t("signalName")}
          list="signals-known"
          value={signal}
          onInput={({ currentTarget }) => onChange(column, currentTarget.value.trim())}
        />
      </label>
    ))}
  </fieldset>
);
