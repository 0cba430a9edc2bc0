import { formatTime } from "../format.ts";
import { whenText } from "../gateway-text.ts";
import { language, textsOf } from "../i18n/language.ts";
import { texts } from "../i18n/pages/gateway-texts.ts";
import { usePages } from "../live/use-pages.ts";
import { usePageTitle } from "../page-title.ts";
import { listPath, SearchFilter } from "../parts/filters.tsx";
import { Problems } from "../parts/gateway-card.tsx";
import { MoreButton, pageSize } from "../parts/more.tsx";
import { Problem } from "../parts/problem.tsx";
import { type Column, Table } from "../parts/table.tsx";
import { machinePath } from "../router.ts";
import type { GatewayListRow } from "../types.ts";

const { t } = textsOf(texts);

const columns = (): Column<GatewayListRow>[] => [
  {
    key: "gateway",
    title: t("gateway"),
    isHead: true,
    value: ({ gatewayId }) => gatewayId,
    cell: ({ gatewayId, serialNumber, version }) => (
      <>
        {gatewayId}
        {serialNumber !== null && <small class="id">{t("serial", { number: serialNumber })}</small>}
        {version !== null && (
          <small class="id">
            {t("version")} {version}
          </small>
        )}
      </>
    ),
  },
  {
    key: "machines",
    title: t("machines"),
    cell: ({ machines }) =>
      machines.map((machineId) => (
        <a key={machineId} class="one-a-line" href={machinePath(machineId)}>
          {machineId}
        </a>
      )),
  },
  {
    key: "certificate",
    title: t("certificate"),
    value: ({ certificateEndsAt }) => certificateEndsAt,
    cell: certificateText,
  },
  {
    key: "state",
    title: t("state"),
    value: ({ problems }) => problems.map(({ code }) => code).join(" "),
    cell: ({ isOnline, reportedAt, problems }) => (
      <div class="gateway-state">
        {t(isOnline ? "online" : "offline")}
        {reportedAt === null ? (
          <small class="id">{t("neverTold")}</small>
        ) : (
          <>
            <small class="id">{t("toldAt", { at: whenText(reportedAt) })}</small>
            <Problems problems={problems} />
          </>
        )}
      </div>
    ),
  },
];

function certificateText({ certificateEndsAt, hasPassword, revoked }: GatewayListRow): string {
  if (revoked !== null) return t("revoked", { at: formatTime(revoked.at, language.value) });
  if (certificateEndsAt !== null)
    return t("until", { at: new Date(certificateEndsAt).toLocaleDateString(language.value) });
  return hasPassword ? t("byPassword") : t("noCertificate");
}

/** Everybody on the allow-list: by which certificate, until when, and how it fares. */
export function GatewaysPage() {
  const list = usePages<GatewayListRow>(listPath("/gateways", ["search"], {}), {
    pageSize,
    keyOf: ({ gatewayId }) => gatewayId,
    pollMs: 15_000,
  });
  usePageTitle(t("gateways"));
  return (
    <section class="page">
      <h1>{t("gateways")}</h1>
      <p class="lead">{t("gatewaysAbout")}</p>
      <div class="tools">
        <SearchFilter name="search" hint={t("searchHint")} />
      </div>
      <Problem error={list.error} />
      <Table
        rows={list.data?.items}
        columns={columns()}
        rowKey={({ gatewayId }) => gatewayId}
        empty={t("noGateways")}
        testid="gateways"
      />
      {list.data?.next && <MoreButton onMore={list.more} isBusy={list.isBusy} />}
      <p class="faint">{t("revokeHow")}</p>
    </section>
  );
}
