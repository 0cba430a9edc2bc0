import type { StockView } from "@firebreak/tickets/parts/stock-views.ts";
import { path } from "../../api-client.ts";
import { inLanguage, textsOf } from "../../i18n/language.ts";
import { texts } from "../../i18n/pages/people-texts.ts";
import { useResource } from "../../live/use-resource.ts";
import type { ListOf } from "../../types.ts";
import { Problem } from "../problem.tsx";
import { Table } from "../table.tsx";

const { t } = textsOf(texts);

/** What lies in an engineer's vehicle. */
export function VehicleStock({ locationId }: { locationId: string | undefined }) {
  const stock = useResource<ListOf<StockView>>(
    locationId === undefined ? undefined : path`/stock?location=${locationId}&limit=500`,
  );
  return (
    <section class="card" data-testid="vehicle">
      <div class="card-head">
        <h2>{t("vehicle")}</h2>
        {locationId !== undefined && <span class="id">{locationId}</span>}
      </div>
      <Problem error={stock.error} />
      {locationId === undefined ? (
        <p class="empty">{t("noVehicle")}</p>
      ) : (
        <Table
          rows={stock.data?.items}
          rowKey={({ partNo }) => partNo}
          empty={t("emptyVehicle")}
          testid="vehicle-stock"
          columns={[
            {
              key: "part",
              title: t("part"),
              isHead: true,
              value: ({ partNo }) => partNo,
              cell: ({ partNo, partName }) => (
                <>
                  {inLanguage(partName)}
                  <small class="id">{partNo}</small>
                </>
              ),
            },
            {
              key: "onHand",
              title: t("onHand"),
              isNumber: true,
              value: ({ onHand }) => onHand,
              cell: ({ onHand }) => onHand,
            },
            {
              key: "reserved",
              title: t("reserved"),
              isNumber: true,
              value: ({ reserved }) => reserved,
              cell: ({ reserved }) => reserved,
            },
          ]}
        />
      )}
    </section>
  );
}
