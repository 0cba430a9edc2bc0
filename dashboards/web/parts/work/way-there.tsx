import type { Place } from "../../field/distance.ts";
import type { SmartWorkOrder } from "../../field/field-types.ts";
import { textsOf } from "../../i18n/language.ts";
import { texts } from "../../i18n/pages/work-order-texts.ts";

const { t } = textsOf(texts);

/** Where the machine should be. Pure. */
export const placeOf = ({ machine, site }: SmartWorkOrder): Place | undefined =>
  machine?.location ?? site?.location;

/** The machine, its site and its people: coordinates for any map, numbers to call. */
export function WayThere({ order }: { order: SmartWorkOrder }) {
  const { machine, site, customer, contacts } = order;
  const place = placeOf(order);
  const at = place && `${place.lat.toFixed(5)},${place.lon.toFixed(5)}`;
  const rows: [label: string, value: string | undefined][] = [
    [t("machine"), [machine?.machineId, machine?.model].filter(Boolean).join(" · ")],
    [t("serialNumber"), machine?.serialNumber],
    [t("customer"), customer?.name],
    [t("site"), site?.projectName],
    [t("address"), site?.address],
    [t("coordinates"), at?.replace(",", ", ")],
  ];
  return (
    <section class="card" data-testid="way">
      <h2>{t("way")}</h2>
      <dl class="facts">
        {rows
          .filter(([, value]) => value)
          .map(([label, value]) => (
            <div key={label}>
              <dt>{label}</dt>
              <dd>{value}</dd>
            </div>
          ))}
      </dl>
      {at === undefined && <p class="faint">{t("noPlace")}</p>}
      <div class="big-actions">
        {at && (
          <a class="big" data-testid="geo" href={`geo:${at}?q=${at}`}>
            {t("navigate")}
          </a>
        )}
        {contacts.map(({ personId, name, phone, position }) =>
          phone ? (
            <a key={personId} class="big" href={`tel:${phone}`}>
              {t("call")} {name}
              {position ? ` (${position})` : ""}
            </a>
          ) : null,
        )}
      </div>
    </section>
  );
}
