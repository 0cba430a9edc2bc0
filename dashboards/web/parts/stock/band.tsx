import { textsOf } from "../../i18n/language.ts";
import { texts } from "../../i18n/pages/stock-texts.ts";
import type { StockView } from "./stock-data.ts";

const { t, word } = textsOf(texts);

/** Where stock stands against its band, in words; colour is never the only sign. */
export function Band({ of: { band, min, max } }: { of: Pick<StockView, "band" | "min" | "max"> }) {
  if (max === 0 && min === 0) return <span class="faint">{t("noBand")}</span>;
  return (
    <span class="band">
      <span class={`chip band-${band}`}>{word("band", band)}</span>
      <span class="faint nowrap">
        {min}–{max}
      </span>
    </span>
  );
}
