import { useState } from "preact/hooks";
import { may, path } from "../../api-client.ts";
import { textsOf } from "../../i18n/language.ts";
import { texts } from "../../i18n/pages/customers-texts.ts";
import { useResource } from "../../live/use-resource.ts";
import type { ListOf } from "../../types.ts";
import { Problem } from "../problem.tsx";
import { Facts } from "./facts.tsx";
import type { Shown, Site, useNetwork } from "./organisation-data.ts";
import { PeakList } from "./peak-list.tsx";
import { SiteForm } from "./site-form.tsx";

const { t } = textsOf(texts);

interface Props {
  readonly customerId: string;
  readonly network: ReturnType<typeof useNetwork>;
}

/** Where a customer's machines work. */
export function SiteCard({ customerId, network }: Props) {
  const sites = useResource<ListOf<Shown<Site>>>(
    path`/organisation/sites?customerId=${customerId}&limit=1000`,
  );
  const [edited, edit] = useState<string | undefined>(undefined);
  const done = () => {
    edit(undefined);
    sites.reload();
  };
  const form = { customerId, network, onSaved: done, onCancel: () => edit(undefined) };
  return (
    <section class="card" data-testid="sites">
      <div class="card-head">
        <h2>{t("sites")}</h2>
        {may("organisation.write") && edited === undefined && (
          <button type="button" class="quiet" data-testid="add-site" onClick={() => edit("")}>
            {t("addSite")}
          </button>
        )}
      </div>
      <Problem error={sites.error} />
      {edited === "" && <SiteForm {...form} />}
      {sites.data?.items.length === 0 && edited === undefined && (
        <p class="empty">{t("noSites")}</p>
      )}
      <ul class="entry-list">
        {sites.data?.items.map((site) =>
          edited === site.siteId ? (
            <li key={site.siteId}>
              <SiteForm {...form} site={site} />
            </li>
          ) : (
            <li key={site.siteId} data-row={site.siteId}>
              <div class="card-head">
                <p>
                  <b>{site.projectName}</b> <small class="id">{site.siteId}</small>{" "}
                  {site.majorProject && <span class="chip flying">{t("majorProject")}</span>}
                </p>
                {may("organisation.write") && (
                  <button type="button" class="quiet" onClick={() => edit(site.siteId)}>
                    {t("change")}
                  </button>
                )}
              </div>
              <Facts
                facts={[
                  [t("region"), network.regionName(site.regionId)],
                  [t("address"), site.address],
                  [t("projectProgress"), site.projectProgress],
                  [t("followOnProjects"), site.followOnProjects],
                  [
                    t("peaks"),
                    site.peakPeriods.length > 0 && <PeakList peaks={site.peakPeriods} />,
                  ],
                ]}
              />
            </li>
          ),
        )}
      </ul>
    </section>
  );
}
