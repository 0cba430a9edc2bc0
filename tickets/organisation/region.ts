import { isKeyStage, type MarketStage, marketStages } from "@firebreak/plans/place-words.ts";
import { type Static, Type } from "typebox";
import { I18nText } from "../evidence.ts";
import { closed } from "../vocabulary.ts";
import { OrganisationId } from "./fields.ts";

/** A node of the region tree (片区). */
export const Region = Type.Object(
  {
    regionId: OrganisationId,
    parentId: Type.Optional(OrganisationId),
    name: I18nText,
    marketStage: Type.Optional(
      Type.Enum(marketStages, { description: "left out: as the region above" }),
    ),
    areaKm2: Type.Optional(Type.Number({ exclusiveMinimum: 0 })),
    zone: Type.Optional(
      Type.String({ minLength: 1, maxLength: 64, description: "IANA time zone; as above if none" }),
    ),
  },
  closed,
);
export type Region = Static<typeof Region>;

const DEFAULT_ZONE = "Asia/Shanghai";

/**
 * From the root to `regionId`, both included; empty for an unknown one. A parent that is missing, or met twice, ends
 * the path.
 */
export function regionPathOf(
  regions: ReadonlyMap<string, Region>,
  regionId: string | undefined,
): Region[] {
  const path: Region[] = [];
  let region = regionId === undefined ? undefined : regions.get(regionId);
  while (region && !path.includes(region)) {
    path.unshift(region);
    region = region.parentId === undefined ? undefined : regions.get(region.parentId);
  }
  return path;
}

/** RE-1: the most specific region that says so decides. */
export const marketStageOf = (path: readonly Region[]): MarketStage | undefined =>
  path.findLast(({ marketStage }) => marketStage !== undefined)?.marketStage;

export const zoneOf = (path: readonly Region[]): string =>
  path.findLast(({ zone }) => zone !== undefined)?.zone ?? DEFAULT_ZONE;

/** RE-1: mature and potential markets come first. */
export const isKeyRegion = (path: readonly Region[]): boolean => isKeyStage(marketStageOf(path));

/** Whether `regionId` may hang below `parentId`: a region is never above itself. */
export const mayHangBelow = (
  regions: ReadonlyMap<string, Region>,
  regionId: string,
  parentId: string,
): boolean => !regionPathOf(regions, parentId).some((region) => region.regionId === regionId);

export const regionsById = (regions: readonly Region[]): Map<string, Region> =>
  new Map(regions.map((region) => [region.regionId, region]));

/** `regionId` and all below it. */
export const regionsBelow = (regions: ReadonlyMap<string, Region>, regionId: string): string[] =>
  [...regions.keys()].filter((id) =>
    regionPathOf(regions, id).some((region) => region.regionId === regionId),
  );
