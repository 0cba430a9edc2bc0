import { useSignal } from "@preact/signals";
import { useState } from "preact/hooks";
import { may } from "../api-client.ts";
import { textsOf } from "../i18n/language.ts";
import { texts } from "../i18n/pages/machine-files-texts.ts";
import { wordsOf } from "../i18n/pages/organisation-texts.ts";
import { useResource } from "../live/use-resource.ts";
import { usePageTitle } from "../page-title.ts";
import { Ago } from "../parts/badges.tsx";
import { Filter, listPath, SearchFilter } from "../parts/filters.tsx";
import { More, pageSize } from "../parts/more.tsx";
import { MachineForm } from "../parts/people/machine-form.tsx";
import { MachineRows } from "../parts/people/machine-rows.tsx";
import {
  type MachineFile,
  type Shown,
  useCustomerNames,
  useNetwork,
} from "../parts/people/organisation-data.ts";
import { OrganisationTabs } from "../parts/people/organisation-tabs.tsx";
import { Problem } from "../parts/problem.tsx";
import { Table } from "../parts/table.tsx";
import { goTo, machineFilePath } from "../router.ts";
import type { ListOf } from "../types.ts";

const { t, word } = textsOf(texts);

interface Unregistered {
  readonly machineId: string;
  readonly planId: string;
  readonly gatewayId: string;
  readonly firstSeenAt: string;
}

const filters = ["search", "productType", "state", "regionId", "stationId"];

/** All machine files, and the machines that have none yet. */
export function MachineFilesPage() {
  usePageTitle(t("machineFiles"));
  const network = useNetwork();
  const customerName = useCustomerNames();
  const shown = useSignal(pageSize);
  const [drafted, draft] = useState<Partial<MachineFile> | undefined>(undefined);
  const list = useResource<ListOf<Shown<MachineFile>>>(
    listPath("/organisation/machines", filters, { limit: String(shown.value) }),
  );
  return (
    <section class="page">
      <OrganisationTabs />
      <header class="title-row">
        <div>
          <h1>{t("machineFiles")}</h1>
          <p class="lead">{t("about")}</p>
        </div>
        {may("organisation.write") && drafted === undefined && (
          <button type="button" data-testid="add-machine" onClick={() => draft({})}>
            {t("addMachine")}
          </button>
        )}
      </header>
      {drafted && (
        <MachineForm
          key={drafted.machineId ?? ""}
          known={drafted}
          network={network}
          onSaved={(machineId) => goTo(machineFilePath(machineId))}
          onCancel={() => draft(undefined)}
        />
      )}
      <UnregisteredCard onMake={draft} />
      <div class="tools">
        <SearchFilter name="search" hint={t("searchHint")} />
        <Filter
          name="productType"
          label={t("productType")}
          none={t("allTypes")}
          words={wordsOf("productType")}
          textOf={(one) => word("productType", one)}
        />
        <Filter
          name="state"
          label={t("state")}
          none={t("allStates")}
          words={wordsOf("machineState")}
          textOf={(one) => word("machineState", one)}
        />
        <Filter
          name="stationId"
          label={t("station")}
          none={t("allStations")}
          words={network.stationIds}
          textOf={network.stationName}
        />
      </div>
      <Problem error={list.error} />
      <MachineRows
        rows={list.data?.items}
        network={network}
        empty={t("empty")}
        customerName={customerName}
      />
      <More list={list.data} shown={shown} />
    </section>
  );
}

/** Shown only while there are such machines. */
function UnregisteredCard({ onMake }: { onMake: (known: Partial<MachineFile>) => void }) {
  const list = useResource<ListOf<Unregistered>>("/organisation/unregistered-machines", 60_000);
  if ((list.data?.items.length ?? 0) === 0) return <Problem error={list.error} />;
  const make = ({ machineId, planId, gatewayId }: Unregistered) =>
    onMake({ machineId, planId, gatewayId });
  return (
    <section class="card" data-testid="unregistered">
      <h2>{t("unregistered")}</h2>
      <p class="lead">{t("unregisteredAbout")}</p>
      <Table
        rows={list.data?.items}
        rowKey={({ machineId }) => machineId}
        empty=""
        testid="unregistered-machines"
        columns={[
          {
            key: "machine",
            title: t("machine"),
            isHead: true,
            value: ({ machineId }) => machineId,
            cell: ({ machineId }) => machineId,
          },
          { key: "plan", title: t("planId"), cell: ({ planId }) => planId },
          { key: "gateway", title: t("gateway"), cell: ({ gatewayId }) => gatewayId },
          {
            key: "firstSeen",
            title: t("firstSeen"),
            cell: ({ firstSeenAt }) => <Ago at={firstSeenAt} />,
          },
          {
            key: "actions",
            title: "",
            cell: (row) =>
              may("organisation.write") && (
                <button
                  type="button"
                  class="quiet"
                  data-testid="make-file"
                  onClick={() => {
                    make(row);
                    scrollTo(0, 0);
                  }}
                >
                  {t("makeFile")}
                </button>
              ),
          },
        ]}
      />
    </section>
  );
}
