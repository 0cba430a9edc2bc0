/** What one station has of a part. */
export interface StationStock {
  readonly stationId: string;
  readonly onHand: number;
  readonly reserved: number;
}

/**
 * The stations that can give `quantity` of a part from their own store, best first: the machine's own station, then
 * the one with most left, then by id. A quantity is never split between stations.
 */
export function rankStations<Stock extends StationStock>(
  stock: readonly Stock[],
  quantity: number,
  homeStationId: string,
): Stock[] {
  return stock
    .filter((item) => available(item) >= quantity)
    .sort(
      (a, b) =>
        Number(b.stationId === homeStationId) - Number(a.stationId === homeStationId) ||
        available(b) - available(a) ||
        (a.stationId < b.stationId ? -1 : 1),
    );
}

/** SK-5, while nothing is ring-fenced. */
export const available = ({ onHand, reserved }: StationStock): number => onHand - reserved;
