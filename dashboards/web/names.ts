import { inLanguage } from "./i18n/language.ts";
import { useResource } from "./live/use-resource.ts";
import type { CrewRow } from "./parts/board/board-data.ts";
import type { ListOf } from "./types.ts";

interface Named {
  readonly name: Readonly<Record<"en" | "zh-CN", string>>;
}
export interface Station extends Named {
  readonly stationId: string;
  readonly regionId: string;
}

/** Stations by id; empty until they are there. */
export function useStations(): ReadonlyMap<string, Station> {
  const { data } = useResource<ListOf<Station>>("/organisation/stations?limit=1000");
  return new Map(data?.items.map((one) => [one.stationId, one]));
}

/** Name of a station, or its id while it is not known. */
export const stationName = (stations: ReadonlyMap<string, Station>, stationId: string): string => {
  const found = stations.get(stationId);
  return found ? inLanguage(found.name) : stationId;
};

export type NameOf = (id: string) => string;

/** Names of engineers for who may see people; for others, and while unknown, their ids. */
export function useEngineerNames(isWanted: boolean): NameOf {
  const { data } = useResource<ListOf<CrewRow>>(isWanted ? "/board/engineers" : undefined);
  const names = new Map(data?.items.map(({ engineerId, name }) => [engineerId, name]));
  return (id) => names.get(id) ?? id;
}

/** Names of stock locations. */
export function usePlaceNames(isWanted: boolean): NameOf {
  const { data } = useResource<ListOf<Named & { readonly locationId: string }>>(
    isWanted ? "/stock-locations" : undefined,
  );
  const names = new Map(data?.items.map(({ locationId, name }) => [locationId, inLanguage(name)]));
  return (id) => names.get(id) ?? id;
}
