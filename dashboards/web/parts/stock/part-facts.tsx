import { path } from "../../api-client.ts";
import { formatNumber } from "../../format.ts";
import { language, textsOf } from "../../i18n/language.ts";
import { texts } from "../../i18n/pages/stock-texts.ts";
import type { PartView } from "./stock-data.ts";
import { formatYuan } from "./stock-format.ts";

const { t, word } = textsOf(texts);

/** What the master says of a part. */
export function PartFacts({ part }: { part: PartView }) {
  const traits = [
    part.imported && t("imported"),
    part.outsourced && t("outsourced"),
    part.isRepairable && t("repairable"),
    part.isWearPart && t("wearPart"),
    part.discontinuedAt !== undefined && t("discontinued"),
  ].filter((one) => typeof one === "string");
  const facts = [
    ["price", t("price"), formatYuan(part.unitPriceFen, language.value)],
    ["leadTime", t("leadTime"), t("days", { count: part.leadTimeDays })],
    ["abc", t("abc"), part.abcClass ?? "B"],
    ["planClass", t("planClass"), word("planType", part.planClass)],
    ["policy", t("policy"), word("policy", part.planningPolicy)],
    ["echelon", t("echelon"), word("kindOfPlace", part.stockingEchelon)],
    ["onHand", t("onHand"), formatNumber(part.onHand, language.value, 0)],
    ["free", t("free"), formatNumber(part.onHand - part.reserved, language.value, 0)],
    ...(part.spec === undefined ? [] : [["spec", t("spec"), part.spec] as const]),
    ...(traits.length === 0 ? [] : [["traits", t("traits"), traits.join(" · ")] as const]),
  ] as const;
  return (
    <section class="card" data-testid="part-facts">
      <dl class="stock-facts">
        {facts.map(([key, title, text]) => (
          <div key={key} data-field={key}>
            <dt>{title}</dt>
            <dd>{text}</dd>
          </div>
        ))}
        <div data-field="alternates">
          <dt>{t("alternates")}</dt>
          <dd>
            {part.alternates?.length
              ? part.alternates.map((other) => (
                  <a key={other} class="chip" href={path`/parts/${other}`}>
                    {other}
                  </a>
                ))
              : t("none")}
          </dd>
        </div>
      </dl>
    </section>
  );
}
