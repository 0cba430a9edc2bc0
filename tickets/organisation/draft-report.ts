import type { Known, OrganisationDraft } from "./draft.ts";

/** The draft on top of what is stored: what its references may point to. */
export interface Index {
  readonly known: Known;
  has(kind: "regions" | "stations" | "customers" | "sites" | "engineers", id: string): boolean;
  /** Undefined for an unknown site; null for a site of nobody. */
  customerOfSite(siteId: string): string | null | undefined;
}

/** Says what is wrong with one item of a draft, in both languages. */
export type Report = (index: number, field: string, en: string, zh: string) => void;

export function indexOf(draft: OrganisationDraft, known: Known): Index {
  const ids = {
    regions: new Set([...known.regions.keys(), ...draft.regions.map((one) => one.regionId)]),
    stations: new Set([...known.stations.values(), ...draft.stations.map((one) => one.stationId)]),
    customers: new Set([...known.customers, ...draft.customers.map((one) => one.customerId)]),
    sites: new Set([...known.sites.keys(), ...draft.sites.map((one) => one.siteId)]),
    engineers: new Set([...known.engineers, ...draft.engineers.map((one) => one.engineerId)]),
  };
  const drafted = new Map(draft.sites.map((site) => [site.siteId, site.customerId ?? null]));
  return {
    known,
    has: (kind, id) => ids[kind].has(id),
    customerOfSite: (siteId) =>
      drafted.has(siteId) ? drafted.get(siteId) : known.sites.get(siteId),
  };
}

/** The places in the list whose key came before, each reported once. */
export function reportTwins<Item>(
  items: readonly Item[],
  keyOf: (item: Item) => string | undefined,
  report: (index: number, first: number, key: string) => void,
): void {
  const firstAt = new Map<string, number>();
  for (const [index, item] of items.entries()) {
    const key = keyOf(item);
    if (key === undefined) continue;
    const first = firstAt.get(key);
    if (first === undefined) firstAt.set(key, index);
    else report(index, first, key);
  }
}

const nouns = {
  regions: ["region", "片区"],
  stations: ["station", "服务站"],
  customers: ["customer", "客户"],
  sites: ["site", "工地"],
  engineers: ["engineer", "工程师"],
} as const;

/** Reports a reference that points to nothing. */
export function requireKnown(
  { has }: Index,
  report: Report,
  kind: keyof typeof nouns,
  reference: { readonly at: number; readonly field: string; readonly id: string | undefined },
): void {
  const { at, field, id } = reference;
  if (id === undefined || has(kind, id)) return;
  const [noun, zh] = nouns[kind];
  report(at, field, `there is no ${noun} ${id}`, `没有编号为 ${id} 的${zh}`);
}

export const reportSameId =
  (report: Report, field: string) => (index: number, _first: number, id: string) =>
    report(index, field, `${id} is given twice`, `${id} 重复出现`);

/** Reports periods that end before they begin. */
export function checkPeaks(
  report: Report,
  at: number,
  periods: readonly { readonly from: string; readonly to: string }[],
): void {
  for (const { from, to } of periods)
    if (to < from)
      report(
        at,
        "peakPeriods",
        `the peak period ends (${to}) before it begins (${from})`,
        `高峰期结束日期（${to}）早于开始日期（${from}）`,
      );
}
