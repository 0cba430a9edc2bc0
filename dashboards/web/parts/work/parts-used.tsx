import type { PartUsed } from "../../field/field-types.ts";
import { inLanguage, textsOf } from "../../i18n/language.ts";
import { texts } from "../../i18n/pages/work-order-texts.ts";
import { Field, numberIn, textIn } from "../form.tsx";
import { Ask } from "./ask.tsx";
import type { ReportPartProps } from "./report-form.tsx";
import { PartNumbers } from "./work-under-way.tsx";

const { t } = textsOf(texts);

function partIn(form: FormData): PartUsed {
  const serialIn = textIn(form, "serialIn");
  const serialOut = textIn(form, "serialOut");
  return {
    partNo: textIn(form, "partNo") ?? "",
    quantity: numberIn(form, "quantity") ?? 1,
    ...(serialIn ? { serialIn } : {}),
    ...(serialOut ? { serialOut } : {}),
    ...(form.get("oldPartReturned") === null ? {} : { oldPartReturned: true }),
  };
}

/** Which parts went in: stock, loans and the machine's file follow from it. */
export function PartsUsed({ job, change }: ReportPartProps) {
  const { partsUsed } = job.content;
  const { parts, reserved } = job.order;
  const nameOf = (partNo: string) => {
    const known = [...reserved, ...parts].find((one) => one.partNo === partNo);
    return known ? inLanguage(known.name) : "";
  };
  return (
    <fieldset class="group" data-testid="parts-used">
      <legend>{t("partsUsed")}</legend>
      <ul class="plain-list">
        {partsUsed.map((part, index) => (
          <li key={`${part.partNo}-${index}`} class="used" data-row={part.partNo}>
            <span>
              <b>{nameOf(part.partNo)}</b> {part.partNo} ×{part.quantity}
            </span>
            <button
              type="button"
              onClick={() => change({ partsUsed: partsUsed.filter((_one, at) => at !== index) })}
            >
              {t("remove")}
            </button>
          </li>
        ))}
      </ul>
      <Ask
        label={t("addPart")}
        testid="add-part"
        onSubmit={async (form) => {
          change({ partsUsed: [...partsUsed, partIn(form)] });
          return true;
        }}
      >
        <PartNumbers job={job} id="used-parts" />
        <Field label={t("partNo")}>
          <input name="partNo" list="used-parts" required maxLength={100} />
        </Field>
        <Field label={t("quantity")}>
          <input name="quantity" type="number" min={1} max={1000} defaultValue="1" />
        </Field>
        <Field label={t("serialIn")}>
          <input name="serialIn" maxLength={100} />
        </Field>
        <Field label={t("serialOut")}>
          <input name="serialOut" maxLength={100} />
        </Field>
        <label class="tick">
          <input type="checkbox" name="oldPartReturned" />
          <span>{t("oldPartReturned")}</span>
        </label>
      </Ask>
    </fieldset>
  );
}
