import { inLanguage, textsOf } from "../../i18n/language.ts";
import { texts } from "../../i18n/pages/plans-texts.ts";
import { useResource } from "../../live/use-resource.ts";
import type { ListOf } from "../../types.ts";
import type { PartView } from "../stock/stock-data.ts";

const { t } = textsOf(texts);

interface Region {
  readonly regionId: string;
  readonly name: Readonly<Record<"en" | "zh-CN", string>>;
}

/** Regions as people call them. `ofPlan`: an empty region is headquarters'. */
export function useRegions() {
  const { data } = useResource<ListOf<Region>>("/organisation/regions?limit=500");
  const list = data?.items ?? [];
  const nameOf = (regionId: string): string => {
    if (regionId === "") return t("noRegion");
    const region = list.find((one) => one.regionId === regionId);
    return region ? inLanguage(region.name) : regionId;
  };
  const ofPlan = (regionId: string) => (regionId === "" ? t("headquarters") : nameOf(regionId));
  return { list, nameOf, ofPlan };
}

/** Names of parts by number; the number while it is not known. */
export function usePartNames(): (partNo: string) => string {
  const { data } = useResource<ListOf<PartView>>("/parts?limit=1000");
  const names = new Map(data?.items.map(({ partNo, name }) => [partNo, name]));
  return (partNo) => {
    const name = names.get(partNo);
    return name ? inLanguage(name) : partNo;
  };
}
