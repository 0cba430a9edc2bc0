import type { ReportContent } from "../../field/field-types.ts";
import { inLanguage, textsOf } from "../../i18n/language.ts";
import { texts } from "../../i18n/pages/work-order-texts.ts";
import { Choice } from "../form.tsx";
import type { ReportPartProps } from "./report-form.tsx";

const { t } = textsOf(texts);
const responsibilities = [
  "manufacturer",
  "operator",
  "customer_site",
  "supplier",
  "other",
] as const;
type Cause = NonNullable<ReportContent["rootCause"]>;

/** What it was in the end, in the words of the catalogue, so that the next work order is better. */
export function RootCause({ job, change }: ReportPartProps) {
  const { faults } = job.order;
  const { rootCause } = job.content;
  const fault = faults.find(({ faultCode }) => faultCode === rootCause?.faultCode);
  const set = (patch: Partial<Cause>) =>
    change({
      rootCause: {
        faultCode: "uncatalogued",
        causeId: "other",
        responsibility: "other",
        ...rootCause,
        ...patch,
      },
    });
  const causes = fault?.causes ?? [];
  return (
    <fieldset class="group">
      <legend>{t("rootCause")}</legend>
      <Choice
        label={t("fault")}
        name="faultCode"
        none="–"
        words={[...faults.map(({ faultCode }) => faultCode), "uncatalogued"]}
        textOf={(code) => {
          const known = faults.find(({ faultCode }) => faultCode === code);
          return known ? inLanguage(known.title) : t("uncatalogued");
        }}
        value={rootCause?.faultCode ?? ""}
        onChange={(faultCode) =>
          faultCode === "" ? change({ rootCause: undefined }) : set({ faultCode, causeId: "other" })
        }
      />
      {rootCause && (
        <>
          <Choice
            label={t("rootCause")}
            name="causeId"
            words={[...causes.map(({ id }) => id), "other"]}
            textOf={(causeId) => {
              const known = causes.find(({ id }) => id === causeId);
              return known ? inLanguage(known.text) : t("otherCause");
            }}
            value={rootCause.causeId}
            onChange={(causeId) => set({ causeId })}
          />
          <Choice
            label={t("responsibility")}
            name="responsibility"
            words={responsibilities}
            textOf={(one) => t(`responsibility.${one}` as "responsibility.other")}
            value={rootCause.responsibility}
            onChange={(one) => set({ responsibility: one as Cause["responsibility"] })}
          />
        </>
      )}
    </fieldset>
  );
}
