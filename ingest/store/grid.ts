import { CodedError } from "@firebreak/kit/coded-error.ts";
import { floorDivide } from "./book/book.ts";
import { minuteNs } from "./bucket-width.ts";
import type { Span } from "./raw-page.ts";
import { maxEdges, type StretchQuery } from "./store.ts";

/** How time is cut into the stretches that are summed up. */
export interface Grid {
  /** The stretch in which a time lies; undefined where nothing is asked for. */
  stretchAt(timeNs: bigint): Span | undefined;
}

/** Stretches of equal length, counted from the epoch. */
export const evenGrid = (widthNs: bigint): Grid => ({
  stretchAt(timeNs) {
    const fromNs = floorDivide(timeNs, widthNs) * widthNs;
    return { fromNs, toNs: fromNs + widthNs };
  },
});

/** From each edge to the next one; edges ascend and are cut to their minute, which is as fine as rollups are. */
export function edgeGrid(edgesNs: readonly bigint[]): Grid & { readonly stretches: Span[] } {
  const edges = edgesNs.map((edgeNs) => floorDivide(edgeNs, minuteNs) * minuteNs);
  const stretches = edges
    .slice(1)
    .map((toNs, at) => ({ fromNs: edges[at] ?? toNs, toNs }))
    .filter(({ fromNs, toNs }) => fromNs < toNs);
  return {
    stretches,
    stretchAt(timeNs) {
      let [low, high] = [0, stretches.length];
      while (low < high) {
        const middle = (low + high) >> 1;
        if ((stretches[middle]?.toNs ?? timeNs) <= timeNs) low = middle + 1;
        else high = middle;
      }
      const found = stretches[low];
      return found && found.fromNs <= timeNs ? found : undefined;
    },
  };
}

/** Whether all of `span` is in one stretch. */
export const holds = (grid: Grid, { fromNs, toNs }: Span): boolean =>
  toNs <= (grid.stretchAt(fromNs)?.toNs ?? fromNs);

/** @throws CodedError QUERY_TOO_LARGE */
export function checkEdges({ edgesNs }: Pick<StretchQuery, "edgesNs">): void {
  if (edgesNs.length > maxEdges)
    throw new CodedError("QUERY_TOO_LARGE", `ask for ${maxEdges - 1} stretches or fewer`);
}
