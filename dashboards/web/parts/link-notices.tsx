import { formatNumber } from "../format.ts";
import { language, t } from "../i18n/language.ts";
import { useResource } from "../live/use-resource.ts";
import type { LinkState } from "../types.ts";

/** From so many gateways, and so much of the fleet, on it is the line to all of them that was cut, and no gateway. */
const least = 5;
const leastShare = 0.05;

export const isFleetCut = ({
  known,
  reconnecting,
}: Pick<LinkState, "known" | "reconnecting">): boolean =>
  reconnecting >= least && reconnecting >= known * leastShare;

/** What concerns all gateways, in a line each: a fleet on its way back, a hub whose clock is wrong. */
export function LinkNotices({ pollMs }: { readonly pollMs: number }) {
  const links = useResource<LinkState>("/links", pollMs);
  if (links.data === undefined) return null;
  const { known, reconnecting, hubClock } = links.data;
  const number = (value: number) => formatNumber(value, language.value, 0);
  return (
    <>
      {isFleetCut(links.data) && (
        <p class="problem" role="status" data-testid="reconnecting">
          {t("reconnecting", { away: number(reconnecting), all: number(known) })}
        </p>
      )}
      {hubClock.isOff && (
        <p class="problem" role="status" data-testid="hub-clock">
          {t("hubClockOff", { seconds: number(hubClock.offSeconds ?? 0) })}
        </p>
      )}
    </>
  );
}
