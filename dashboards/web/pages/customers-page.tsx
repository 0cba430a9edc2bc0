import { useSignal } from "@preact/signals";
import { useState } from "preact/hooks";
import { may } from "../api-client.ts";
import { textsOf } from "../i18n/language.ts";
import { texts } from "../i18n/pages/customers-texts.ts";
import { useResource } from "../live/use-resource.ts";
import { usePageTitle } from "../page-title.ts";
import { Filter, listPath, SearchFilter } from "../parts/filters.tsx";
import { More, pageSize } from "../parts/more.tsx";
import { CustomerForm } from "../parts/people/customer-form.tsx";
import { type CustomerView, useNetwork } from "../parts/people/organisation-data.ts";
import { OrganisationTabs } from "../parts/people/organisation-tabs.tsx";
import { Problem } from "../parts/problem.tsx";
import { type Column, Table } from "../parts/table.tsx";
import { customerPath, goTo } from "../router.ts";
import type { ListOf } from "../types.ts";

const { t, word } = textsOf(texts);

/** Customers, by number. */
export function CustomersPage() {
  usePageTitle(t("customers"));
  const network = useNetwork();
  const shown = useSignal(pageSize);
  const [isAdding, add] = useState(false);
  const list = useResource<ListOf<CustomerView>>(
    listPath("/organisation/customers", ["search", "regionId"], { limit: String(shown.value) }),
  );
  return (
    <section class="page">
      <OrganisationTabs />
      <header class="title-row">
        <div>
          <h1>{t("customers")}</h1>
          <p class="lead">{t("about")}</p>
        </div>
        {may("organisation.write") && !isAdding && (
          <button type="button" data-testid="add-customer" onClick={() => add(true)}>
            {t("addCustomer")}
          </button>
        )}
      </header>
      {isAdding && (
        <CustomerForm
          network={network}
          onSaved={(customerId) => goTo(customerPath(customerId))}
          onCancel={() => add(false)}
        />
      )}
      <div class="tools">
        <SearchFilter name="search" hint={t("searchHint")} />
        <Filter
          name="regionId"
          label={t("region")}
          none={t("allRegions")}
          words={network.regionIds}
          textOf={network.regionName}
        />
      </div>
      <Problem error={list.error} />
      <Table
        rows={list.data?.items}
        columns={columnsOf(network)}
        rowKey={({ customerId }) => customerId}
        empty={t("empty")}
        testid="customers"
      />
      <More list={list.data} shown={shown} />
    </section>
  );
}

const columnsOf = (network: ReturnType<typeof useNetwork>): Column<CustomerView>[] => [
  {
    key: "name",
    title: t("customerName"),
    isHead: true,
    value: ({ customerId }) => customerId,
    cell: ({ customerId, name }) => (
      <>
        <a href={customerPath(customerId)}>{name}</a>
        <small class="id">{customerId}</small>
      </>
    ),
  },
  {
    key: "tier",
    title: t("tier"),
    value: ({ tier }) => tier,
    cell: ({ tier, keyAccount }) => (
      <span class="chips">
        <span class={`chip tier ${tier}`}>{word("tier", tier)}</span>
        {keyAccount && <span class="chip tier high_value">{t("keyAccount")}</span>}
      </span>
    ),
  },
  {
    key: "segment",
    title: t("segment"),
    value: ({ segment }) => segment,
    cell: ({ segment }) => word("segment", segment),
  },
  { key: "region", title: t("region"), cell: ({ regionId }) => network.regionName(regionId) },
  {
    key: "channel",
    title: t("preferredChannel"),
    cell: ({ preferredChannel }) => word("channel", preferredChannel),
  },
  {
    key: "contacts",
    title: t("contacts"),
    cell: ({ contacts = [] }) => contacts.map(({ name }) => name).join(" · "),
  },
];
