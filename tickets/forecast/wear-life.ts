import type { ForecastConfig } from "./forecast-config.ts";

/** `sold - scrapped` machines are in use; planned ones come on top (O-11, C-11). */
export const installedBase = ({
  sold,
  scrapped,
  planned,
}: {
  readonly sold: number;
  readonly scrapped: number;
  readonly planned: number;
}) => ({ current: sold - scrapped, projected: sold - scrapped + planned });

/** `instant` plus whole calendar months in UTC; a day the month does not have becomes its last (31 January + 1). */
export function addMonths(instant: string, months: number): string {
  const start = new Date(instant);
  const first = Date.UTC(start.getUTCFullYear(), start.getUTCMonth() + months, 1);
  const month = new Date(first);
  const lastDay = new Date(
    Date.UTC(month.getUTCFullYear(), month.getUTCMonth() + 1, 0),
  ).getUTCDate();
  const day = Math.min(start.getUTCDate(), lastDay);
  const timeOfDayMs = start.getTime() % DAY_MS;
  return new Date(first + (day - 1) * DAY_MS + ((timeOfDayMs + DAY_MS) % DAY_MS)).toISOString();
}

const DAY_MS = 24 * 3600 * 1000;

/** When a part used exactly as the plan assumes reaches the end of its life. `lifeMonths`: whole months. */
export const endOfLife = (installedAt: string, lifeMonths: number): string =>
  addMonths(installedAt, lifeMonths);

/**
 * When a part whose life counts hours, strokes or cycles reaches the end of it; undefined while it does not work.
 * `lifeUsed` and `life` in that unit, `perDay`: its average use.
 */
export const endOfUsedLife = (
  asOf: string,
  { life, lifeUsed, perDay }: { life: number; lifeUsed: number; perDay: number },
): string | undefined =>
  perDay > 0
    ? new Date(Date.parse(asOf) + (Math.max(0, life - lifeUsed) / perDay) * DAY_MS).toISOString()
    : undefined;

/**
 * The last moment at which a predicted failure may become a ticket: 30 days before (ED), or as long before as the part
 * needs to arrive, whichever is earlier (O-09). Times in days.
 */
export function latestWarning(
  failureAt: string,
  supply: { readonly leadTimeDays: number; readonly transferDays: number },
  { warningDays, warningMarginDays }: ForecastConfig,
): string {
  const supplyDays = supply.leadTimeDays + supply.transferDays + warningMarginDays;
  const daysAhead = Math.max(warningDays, supplyDays);
  return new Date(Date.parse(failureAt) - daysAhead * DAY_MS).toISOString();
}
