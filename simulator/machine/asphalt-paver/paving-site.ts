import { drawn } from "../../random.ts";
import type { Demand } from "../../surroundings/duty.ts";
import { type Screed, setpointC } from "./screed.ts";

/** What the crew is doing with the paver while it is at work. */
export interface PavingSite {
  readonly seed: number;
  stage: "preheat" | "await-first" | "pave" | "await-next";
  inStageSeconds: number;
  lastsSeconds: number;
  /** Trucks since the start. */
  trucks: number;
  hasMix: boolean;
}

export const morningSite = (seed: number): PavingSite => ({
  seed,
  stage: "preheat",
  inStageSeconds: 0,
  lastsSeconds: 0,
  trucks: 0,
  hasMix: false,
});

/** Nobody waits longer for a zone that stays cold. */
const longestPreheatSeconds = 2700;
const readyC = setpointC - 8;

/**
 * Advances the crew by `dt` seconds, in place: the screed is heated, the first truck awaited, then each truck is paved and
 * the next one awaited. After a break without the engine it is heated anew. Engineering defaults.
 */
export function stepSite(
  site: PavingSite,
  { activity, effort }: Demand,
  { zoneC }: Screed,
  dt: number,
): void {
  if (activity === "off" || activity === "travel") {
    site.stage = "preheat";
    site.inStageSeconds = 0;
    site.hasMix = false;
    return;
  }
  if (activity === "idle") return;
  site.inStageSeconds += dt;
  const isReady = Math.min(...zoneC) >= readyC;
  const lasts = site.stage === "preheat" ? longestPreheatSeconds : site.lastsSeconds;
  if (site.inStageSeconds < lasts && !(site.stage === "preheat" && isReady)) return;
  next(site, effort);
}

function next(site: PavingSite, effort: number): void {
  const luck = drawn(site.seed, site.trucks, site.stage === "pave" ? 2 : 1);
  site.inStageSeconds = 0;
  switch (site.stage) {
    case "preheat":
      site.stage = "await-first";
      site.lastsSeconds = 720 + 600 * luck;
      return;
    case "pave":
      site.stage = "await-next";
      site.lastsSeconds = (60 + 300 * luck) * (1.4 - effort);
      return;
    default:
      site.stage = "pave";
      site.trucks++;
      site.hasMix = true;
      // A truck brings 20 to 30 t.
      site.lastsSeconds = (420 + 300 * luck) * (1.35 - 0.6 * effort);
  }
}
