import { inLanguage, language, textsOf, word } from "../../i18n/language.ts";
import type { Language } from "../../i18n/messages.ts";
import { texts } from "../../i18n/pages/figures-texts.ts";
import { texts as organisationTexts } from "../../i18n/pages/organisation-texts.ts";
import { useResource } from "../../live/use-resource.ts";
import type { ListOf } from "../../types.ts";
import type { CrewRow } from "../board/board-data.ts";
import { useNetwork } from "../people/organisation-data.ts";
import type { Symptom } from "../public/symptom-choice.tsx";

const { t } = textsOf(texts);
const organisation = textsOf(organisationTexts);

/** A month of the figures, `YYYY-MM`, as people write it; the text itself when it is none. Pure. */
export function monthText(month: string, inUse: Language): string {
  const ms = Date.parse(`${month}-01T00:00:00Z`);
  if (!/^\d{4}-\d{2}$/.test(month) || Number.isNaN(ms)) return month;
  const options = { year: "numeric", month: inUse === "en" ? "short" : "long" } as const;
  return new Intl.DateTimeFormat(inUse, { ...options, timeZone: "UTC" }).format(ms);
}

/** Names for what figures are grouped by; an id stands for itself while its name is not known. */
export function useFigureNames() {
  const network = useNetwork();
  const crew = useResource<ListOf<CrewRow>>("/board/engineers");
  const engineers = new Map(crew.data?.items.map(({ engineerId, name }) => [engineerId, name]));
  const symptoms = useResource<ListOf<Symptom>>("/public/symptoms");
  const nameOf = (grouping: string, key: string): string => {
    if (key === "") return t("notKnown");
    if (grouping === "month") return monthText(key, language.value);
    if (grouping === "region") return network.regionName(key);
    if (grouping === "station") return network.stationName(key);
    if (grouping === "engineer") return engineers.get(key) ?? key;
    if (grouping === "product") return organisation.word("productType", key);
    return word(grouping, key);
  };
  const faultName = (code: string): string => {
    const found = symptoms.data?.items.find(({ failureMode }) => failureMode === code);
    return found ? inLanguage(found.title) : code;
  };
  return { nameOf, faultName, network, engineerIds: [...engineers.keys()] };
}

export type FigureNames = ReturnType<typeof useFigureNames>;
