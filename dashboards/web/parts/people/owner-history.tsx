import { useEffect } from "preact/hooks";
import { path } from "../../api-client.ts";
import { textsOf } from "../../i18n/language.ts";
import { texts } from "../../i18n/pages/machine-files-texts.ts";
import { useResource } from "../../live/use-resource.ts";
import { customerPath } from "../../router.ts";
import type { ListOf } from "../../types.ts";
import { Problem } from "../problem.tsx";
import { Table } from "../table.tsx";
import { dayOf, useCustomerNames, useSiteNames } from "./organisation-data.ts";

const { t } = textsOf(texts);

interface Owner {
  readonly customerId: string | null;
  readonly siteId: string | null;
  readonly from: string;
  readonly until: string | null;
}

/** Whose a machine was, the newest first; read again when its file changed. */
export function OwnerHistory({ machineId, version }: { machineId: string; version: number }) {
  const list = useResource<ListOf<Owner>>(path`/organisation/machines/${machineId}/owners`);
  const { reload } = list;
  const [customerName, siteName] = [useCustomerNames(), useSiteNames()];
  useEffect(() => reload(), [version, reload]);
  return (
    <section class="card">
      <h2>{t("owners")}</h2>
      <Problem error={list.error} />
      <Table
        rows={list.data && [...list.data.items].reverse()}
        rowKey={({ from }) => from}
        empty="–"
        testid="owners"
        columns={[
          {
            key: "customer",
            title: t("customer"),
            isHead: true,
            value: ({ customerId }) => customerId,
            cell: ({ customerId }) =>
              customerId === null ? (
                "–"
              ) : (
                <a href={customerPath(customerId)}>{customerName(customerId)}</a>
              ),
          },
          {
            key: "site",
            title: t("site"),
            cell: ({ siteId }) => (siteId === null ? "–" : siteName(siteId)),
          },
          { key: "from", title: t("from"), cell: ({ from }) => dayOf(from) },
          {
            key: "until",
            title: t("until"),
            cell: ({ until }) => (until === null ? t("untilNow") : dayOf(until)),
          },
        ]}
      />
    </section>
  );
}
