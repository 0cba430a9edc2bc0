import type { Static } from "typebox";
import type { PartLife } from "../../../server/api/lessons.ts";
import { path } from "../../api-client.ts";
import { formatNumber } from "../../format.ts";
import { language, textsOf } from "../../i18n/language.ts";
import { texts } from "../../i18n/pages/lessons-texts.ts";
import { useResource } from "../../live/use-resource.ts";
import { query, setQuery } from "../../router.ts";
import { Field } from "../form.tsx";
import { Problem } from "../problem.tsx";
import { SettledInput } from "../settled-input.tsx";

const { t, word } = textsOf(texts);
type Estimate = NonNullable<Static<typeof PartLife>["estimate"]>;

/** How long the parts of one number live in the field. */
export function LifeCard() {
  const partNo = query.value.get("part") ?? "";
  const { data, error } = useResource<Static<typeof PartLife>>(
    partNo === "" ? undefined : path`/lessons/part-lives/${partNo}`,
  );
  const isAnswered = partNo !== "" && data?.partNo === partNo;
  return (
    <section class="card">
      <h2>{t("lives")}</h2>
      <Field label={t("partNo")} hint={t("partHint")}>
        <SettledInput
          name="part"
          value={partNo}
          maxLength={200}
          onSettled={(text) => setQuery({ part: text.trim() })}
        />
      </Field>
      <Problem error={error} />
      {isAnswered && data.estimate === null && (
        <p class="empty" data-testid="no-life">
          {t("noLife")}
        </p>
      )}
      {isAnswered && data.estimate !== null && <Life estimate={data.estimate} />}
    </section>
  );
}

function Life({ estimate }: { estimate: Estimate }) {
  const { medianLife, unit, method, failures, censored } = estimate;
  const facts = [
    { key: "medianLife", value: medianLife, text: formatNumber(medianLife, language.value, 0) },
    { key: "method", value: method, text: word("method", method) },
    { key: "failures", value: failures, text: formatNumber(failures, language.value) },
    { key: "censored", value: censored, text: formatNumber(censored, language.value) },
  ] as const;
  return (
    <dl class="tiles" data-testid="life">
      {facts.map(({ key, value, text }) => (
        <div key={key} class="tile" data-field={key} data-value={value}>
          <dt>{t(key)}</dt>
          <dd>{text}</dd>
          {key === "medianLife" && <small class="faint">{word("lifeUnit", unit)}</small>}
        </div>
      ))}
    </dl>
  );
}
