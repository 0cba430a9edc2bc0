import type { SmartWorkOrder } from "../../field/field-types.ts";
import { formatPercent } from "../../format.ts";
import { inLanguage, language, textsOf } from "../../i18n/language.ts";
import { texts } from "../../i18n/pages/work-order-texts.ts";

const { t } = textsOf(texts);
/** Further places help nobody who stands beside the machine. */
const shownPlaces = 3;

/** A part that may be needed, and where the next ones lie. */
export function Part({ part }: { part: SmartWorkOrder["parts"][number] }) {
  const { partNo, name, quantity, probability } = part;
  // A supplier is no place to drive to.
  const places = part.places.filter(({ locationName, free }) => locationName && free > 0);
  return (
    <li data-row={partNo}>
      <div>
        <b>{inLanguage(name)}</b> <span class="code">{partNo}</span> ×{quantity}
      </div>
      {probability !== undefined && (
        <span class="faint">
          {t("likely", { percent: formatPercent(probability, language.value) })}
        </span>
      )}
      {places.slice(0, shownPlaces).map(({ locationId, locationName, bin, free }) => (
        <p key={locationId} class="place">
          {t("liesAt", {
            place: locationName ? inLanguage(locationName) : (locationId ?? ""),
            bin: bin ?? "–",
            count: free,
          })}
        </p>
      ))}
    </li>
  );
}
