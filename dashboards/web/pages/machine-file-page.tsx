import { useEffect } from "preact/hooks";
import { may, path } from "../api-client.ts";
import { formatNumber } from "../format.ts";
import { language, textsOf } from "../i18n/language.ts";
import { texts } from "../i18n/pages/machine-files-texts.ts";
import { onLive } from "../live/live-events.ts";
import { useResource } from "../live/use-resource.ts";
import { usePageTitle } from "../page-title.ts";
import { Facts } from "../parts/people/facts.tsx";
import { FileHead } from "../parts/people/file-head.tsx";
import { InstalledParts } from "../parts/people/installed-parts.tsx";
import { MachineForm } from "../parts/people/machine-form.tsx";
import { MachineOrders } from "../parts/people/machine-orders.tsx";
import {
  dayOf,
  type MachineFile,
  type Shown,
  today,
  useCustomerNames,
  useEngineerFileNames,
  useNetwork,
  useSiteNames,
} from "../parts/people/organisation-data.ts";
import { OrganisationTabs } from "../parts/people/organisation-tabs.tsx";
import { OwnerHistory } from "../parts/people/owner-history.tsx";
import { PeakList } from "../parts/people/peak-list.tsx";
import { Problem } from "../parts/problem.tsx";
import { TicketRows } from "../parts/ticket-rows.tsx";
import { customerPath, engineerPath, machineFilePath, machinePath } from "../router.ts";
import type { ListOf, Ticket } from "../types.ts";

const { t, word } = textsOf(texts);

/** One machine's file: what it is, whose, what works in it, and what happened to it. */
export function MachineFilePage({ machineId }: { machineId: string }) {
  const network = useNetwork();
  const file = useResource<Shown<MachineFile>>(path`/organisation/machines/${machineId}`);
  const tickets = useResource<ListOf<Ticket>>(path`/tickets?machine=${machineId}&limit=50`);
  const reloadTickets = tickets.reload;
  useEffect(() => onLive("ticket", reloadTickets), [reloadTickets]);
  usePageTitle(machineId);
  const machine = file.data;
  if (machine === undefined)
    return (
      <section class="page" aria-busy={file.error === undefined}>
        <OrganisationTabs />
        <Problem error={file.error} />
      </section>
    );
  return (
    <article class="page" data-machine-file={machineId}>
      <OrganisationTabs />
      <FileHead
        over={
          <>
            <span
              class={`chip machine-state ${machine.state}`}
              data-field="state"
              data-value={machine.state}
            >
              {word("machineState", machine.state)}
            </span>
            <span class="id">{machine.serialNumber}</span>
          </>
        }
        name={machineId}
        under={
          <>
            <span>{word("productType", machine.productType)}</span>
            {machine.model !== undefined && <span>{machine.model}</span>}
            {machine.gatewayId !== undefined && (
              <a href={machinePath(machineId)}>{t("telemetry")}</a>
            )}
            <a href={`${machineFilePath(machineId)}/code`}>{t("codeSheet")}</a>
          </>
        }
        form={(close) => (
          <MachineForm
            machine={machine}
            network={network}
            onSaved={() => {
              close();
              file.reload();
            }}
            onCancel={close}
          />
        )}
      />
      <div class="columns">
        <div>
          <InstalledParts machineId={machineId} />
          <section class="card">
            <h2>{t("tickets")}</h2>
            <Problem error={tickets.error} />
            <TicketRows tickets={tickets.data?.items} isOfOneMachine />
          </section>
        </div>
        <div>
          <FileCard machine={machine} network={network} />
          {may("organisation.write") && <MachineOrders machine={machine} onDone={file.reload} />}
          <OwnerHistory machineId={machineId} version={machine.version} />
        </div>
      </div>
    </article>
  );
}

interface CardProps {
  readonly machine: MachineFile;
  readonly network: ReturnType<typeof useNetwork>;
}

function FileCard({ machine, network }: CardProps) {
  const { customerId, warrantyEndsAt, meter, responsibleEngineerId: engineerId } = machine;
  const [customerName, siteName] = [useCustomerNames(), useSiteNames()];
  const engineerName = useEngineerFileNames();
  const hours = (value: number) => formatNumber(value, language.value, 1);
  return (
    <section class="card" data-testid="machine-facts">
      <h2>{t("file")}</h2>
      <Facts
        facts={[
          [
            t("customer"),
            customerId && <a href={customerPath(customerId)}>{customerName(customerId)}</a>,
          ],
          [t("site"), machine.siteId && siteName(machine.siteId)],
          [t("region"), network.regionName(machine.regionId)],
          [t("station"), network.stationName(machine.stationId)],
          [
            t("warranty"),
            warrantyEndsAt &&
              t(warrantyEndsAt < today() ? "outOfWarranty" : "inWarranty", {
                date: warrantyEndsAt,
              }),
          ],
          [
            t("hours"),
            meter && (
              <span data-field="hours" data-value={meter.readingHours + meter.offsetHours}>
                {t("hoursOf", {
                  hours: hours(meter.readingHours + meter.offsetHours),
                  reading: hours(meter.readingHours),
                })}{" "}
                <small class="faint">{t("readAt", { time: dayOf(meter.at) })}</small>
              </span>
            ),
          ],
          [
            t("replacements"),
            meter && meter.replacements.length > 0 && (
              <ul class="plain-list">
                {meter.replacements.map(({ at, lastHours, firstHours, reason }) => (
                  <li key={at}>
                    {t("replacement", {
                      date: dayOf(at),
                      last: hours(lastHours),
                      first: hours(firstHours),
                      reason,
                    })}
                  </li>
                ))}
              </ul>
            ),
          ],
          [t("planId"), machine.planId],
          [t("gateway"), machine.gatewayId],
          [t("soldAt"), machine.soldAt],
          [t("handoverAt"), machine.handoverAt],
          [t("plannedRetirementAt"), machine.plannedRetirementAt],
          [
            t("responsible"),
            engineerId && <a href={engineerPath(engineerId)}>{engineerName(engineerId)}</a>,
          ],
          [t("demonstrationSite"), machine.demonstrationSite && t("yes")],
          [t("peaks"), machine.peakPeriods.length > 0 && <PeakList peaks={machine.peakPeriods} />],
        ]}
      />
    </section>
  );
}
