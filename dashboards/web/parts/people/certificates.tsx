import { textsOf } from "../../i18n/language.ts";
import { texts } from "../../i18n/pages/people-texts.ts";
import { certificateStanding, type EngineerView, today } from "./organisation-data.ts";

const { t, word } = textsOf(texts);

/** Machine types with their certificates: what has run out, or soon will, burns. */
export function Certificates({ of }: { of: Pick<EngineerView, "skills" | "certifications"> }) {
  const { skills, certifications } = of;
  const types = [
    ...new Set([...skills.productTypes, ...certifications.map(({ productType }) => productType)]),
  ];
  return (
    <ul class="certificates">
      {types.map((type) => {
        const untils = certifications.filter(({ productType }) => productType === type);
        const until = untils
          .map(({ validUntil }) => validUntil)
          .sort()
          .at(-1);
        return (
          <li key={type} data-type={type}>
            {word("productType", type)} <Certificate until={until} />
          </li>
        );
      })}
    </ul>
  );
}

function Certificate({ until }: { until: string | undefined }) {
  if (until === undefined) return <small class="certificate expired">{t("noCertificate")}</small>;
  const { standing, daysLeft } = certificateStanding(until, today());
  const text =
    standing === "expired"
      ? t("expired", { date: until })
      : standing === "soon"
        ? t("expiresSoon", { date: until, days: daysLeft })
        : t("validUntil", { date: until });
  return (
    <small class={`certificate ${standing}`} data-value={standing}>
      {text}
    </small>
  );
}
