import { formatNumber } from "../format.ts";
import { language, t } from "../i18n/language.ts";
import { useResource } from "../live/use-resource.ts";
import type { LinkState } from "../types.ts";

/** From so many gateways, and so much of the fleet, on it is the line to all of them that was cut, and no gateway. */
const least = 5;
const leastShare = 0.05;

export const isFleetCut = ({ known, reconnecting }: LinkState): boolean =>
  reconnecting >= least && reconnecting >= known * leastShare;

/** One line for a whole fleet that is on its way back, instead of a word for each. */
export function Reconnecting({ pollMs }: { readonly pollMs: number }) {
  const links = useResource<LinkState>("/links", pollMs);
  if (links.data === undefined || !isFleetCut(links.data)) return null;
  const { known, reconnecting } = links.data;
  const away = formatNumber(reconnecting, language.value);
  const all = formatNumber(known, language.value);
  return (
    <p class="problem" role="status" data-testid="reconnecting">
      {t("reconnecting", { away, all })}
    </p>
  );
}
