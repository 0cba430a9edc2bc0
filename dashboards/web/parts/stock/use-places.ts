import { inLanguage } from "../../i18n/language.ts";
import { useResource } from "../../live/use-resource.ts";
import type { ListOf } from "../../types.ts";
import type { StockLocation } from "./stock-data.ts";

export interface Places {
  readonly list: readonly StockLocation[];
  /** The name of a place, or its id while names are not known. */
  readonly nameOf: (locationId: string) => string;
}

/** Stock locations with their names in the language in use. */
export function usePlaces(): Places {
  const { data } = useResource<ListOf<StockLocation>>("/stock-locations");
  const list = data?.items ?? [];
  const byId = new Map(list.map((place) => [place.locationId, place]));
  const nameOf = (locationId: string) => {
    const place = byId.get(locationId);
    return place ? inLanguage(place.name) : locationId;
  };
  return { list, nameOf };
}
