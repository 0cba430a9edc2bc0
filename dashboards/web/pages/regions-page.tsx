import { useState } from "preact/hooks";
import { may } from "../api-client.ts";
import { formatNumber } from "../format.ts";
import { language, textsOf } from "../i18n/language.ts";
import { texts } from "../i18n/pages/regions-texts.ts";
import { useResource } from "../live/use-resource.ts";
import { usePageTitle } from "../page-title.ts";
import { type Edited, NetworkForm } from "../parts/people/network-form.tsx";
import {
  type Branch,
  type EngineerView,
  type Shown,
  type Station,
  treeOf,
  useNetwork,
} from "../parts/people/organisation-data.ts";
import { OrganisationTabs } from "../parts/people/organisation-tabs.tsx";
import { Problem } from "../parts/problem.tsx";
import type { ListOf } from "../types.ts";

const { t, word } = textsOf(texts);

/** The tree of regions with its stations. */
export function RegionsPage() {
  usePageTitle(t("regions"));
  const network = useNetwork();
  const engineers = useResource<ListOf<EngineerView>>("/organisation/engineers?limit=1000");
  const [edited, edit] = useState<Edited | undefined>(undefined);
  const staff = Map.groupBy(engineers.data?.items ?? [], ({ stationId }) => stationId);
  const stations = Map.groupBy(network.stations.data?.items ?? [], ({ regionId }) => regionId);
  const regions = network.regions.data?.items;
  const countOf = (stationId: string) => staff.get(stationId)?.length ?? 0;
  const nameOf = (engineerId: string) =>
    engineers.data?.items.find((one) => one.engineerId === engineerId)?.name ?? engineerId;
  return (
    <section class="page">
      <OrganisationTabs />
      <header class="title-row">
        <div>
          <h1>{t("regions")}</h1>
          <p class="lead">{t("about")}</p>
        </div>
        {may("organisation.write") && edited === undefined && (
          <div class="row-actions">
            <button
              type="button"
              data-testid="add-region"
              onClick={() => edit({ kind: "regions" })}
            >
              {t("addRegion")}
            </button>
            <button
              type="button"
              data-testid="add-station"
              onClick={() => edit({ kind: "stations" })}
            >
              {t("addStation")}
            </button>
          </div>
        )}
      </header>
      {edited && (
        <NetworkForm
          edited={edited}
          network={network}
          onSaved={() => {
            edit(undefined);
            network.regions.reload();
            network.stations.reload();
          }}
          onCancel={() => edit(undefined)}
        />
      )}
      <Problem error={network.regions.error ?? network.stations.error} />
      {regions?.length === 0 && <p class="empty">{t("empty")}</p>}
      <ul class="region-tree" data-testid="regions">
        {treeOf(regions ?? []).map((branch) => (
          <RegionBranch
            key={branch.region.regionId}
            branch={branch}
            stations={stations.get(branch.region.regionId) ?? []}
            countOf={countOf}
            nameOf={nameOf}
            onEdit={edit}
          />
        ))}
      </ul>
    </section>
  );
}

interface BranchProps {
  readonly branch: Branch;
  readonly stations: readonly Shown<Station>[];
  readonly countOf: (stationId: string) => number;
  readonly nameOf: (engineerId: string) => string;
  readonly onEdit: (edited: Edited) => void;
}

function RegionBranch({
  branch: { region, depth },
  stations,
  countOf,
  nameOf,
  onEdit,
}: BranchProps) {
  const { regionId, name, marketStage, areaKm2 } = region;
  const change = (edited: Edited) =>
    may("organisation.write") && (
      <button type="button" class="quiet" onClick={() => onEdit(edited)}>
        {t("change")}
      </button>
    );
  return (
    <li data-row={regionId} class={`depth-${Math.min(depth, 4)}`}>
      <div class="card-head">
        <p>
          <b>{name[language.value]}</b> <small class="id">{regionId}</small>{" "}
          {marketStage !== undefined && (
            <span class="chip">{word("marketStage", marketStage)}</span>
          )}{" "}
          {areaKm2 !== undefined && (
            <small class="faint">
              {t("areaOf", { area: formatNumber(areaKm2, language.value, 0) })}
            </small>
          )}
        </p>
        {change({ kind: "regions", file: region })}
      </div>
      {stations.map((station) => (
        <div key={station.stationId} class="card-head station" data-station={station.stationId}>
          <p>
            <a href={`/people?station=${encodeURIComponent(station.stationId)}`}>
              {station.name[language.value]}
            </a>{" "}
            <small class="faint">
              {[
                word("stationKind", station.kind),
                ...(station.status === "inactive" ? [word("active", station.status)] : []),
                t("engineerCount", { count: countOf(station.stationId) }),
                ...(station.managerId ? [`${t("manager")} ${nameOf(station.managerId)}`] : []),
              ].join(" · ")}
            </small>
          </p>
          {change({ kind: "stations", file: station })}
        </div>
      ))}
    </li>
  );
}
