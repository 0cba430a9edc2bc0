import { inLanguage, t } from "../i18n/language.ts";
import { machinePath, ticketPath } from "../router.ts";
import type { MachineRow } from "../types.ts";
import { Ago, Health, Link, Silence } from "./badges.tsx";
import { machineType } from "./machine-type.ts";

const Count = ({ of }: { of: number }) => <span class={of === 0 ? "faint" : "count"}>{of}</span>;

/** One machine. `data-field` and `data-value` hold what the interface said, for tests and tools. */
export function FleetRow({ row }: { row: MachineRow }) {
  return (
    <tr data-machine-id={row.machineId} data-online={row.online}>
      <th scope="row" data-field="machine" data-value={row.machineId}>
        <a href={machinePath(row.machineId)} data-field="title" data-value={row.title}>
          {row.title}
        </a>
        {row.title !== row.machineId && <small class="id">{row.machineId}</small>}
      </th>
      <td data-field="plan" data-value={row.plan} data-label={t("machineType")}>
        {machineType(row)}
      </td>
      <td data-field="health" data-value={row.health} data-label={t("health")}>
        <Health row={row} />
      </td>
      <td data-field="lastContact" data-value={row.lastContact ?? ""} data-label={t("lastContact")}>
        {row.origin === null && <Link online={row.online} lastContact={row.lastContact} />}
        {row.lastContact !== null && <Ago at={row.lastContact} />}
        <Silence of={row.silence} />
        {row.gateway === "degraded" && (
          <span class="degraded" data-gateway="degraded">
            {t("gatewayDegraded")}
          </span>
        )}
      </td>
      <td data-field="openTickets" data-value={row.openTickets} data-label={t("openTickets")}>
        <Count of={row.openTickets} />
        {row.topTicket && (
          <a class="top-ticket" href={ticketPath(row.topTicket.ticketId)}>
            {inLanguage(row.topTicket.title)}
          </a>
        )}
      </td>
      <td data-field="activeCodes" data-value={row.activeCodes} data-label={t("activeCodes")}>
        <Count of={row.activeCodes} />
      </td>
    </tr>
  );
}
