import { useEffect } from "preact/hooks";
import { may, path } from "../api-client.ts";
import { textsOf } from "../i18n/language.ts";
import { texts } from "../i18n/pages/customers-texts.ts";
import { onLive } from "../live/live-events.ts";
import { useResource } from "../live/use-resource.ts";
import { usePageTitle } from "../page-title.ts";
import { CommitmentCard } from "../parts/people/commitment-card.tsx";
import { ContactCard } from "../parts/people/contact-card.tsx";
import { CustomerForm } from "../parts/people/customer-form.tsx";
import { CustomerVoice } from "../parts/people/customer-voice.tsx";
import { FileHead } from "../parts/people/file-head.tsx";
import { MachineRows } from "../parts/people/machine-rows.tsx";
import {
  type CustomerView,
  type MachineFile,
  type Shown,
  useNetwork,
} from "../parts/people/organisation-data.ts";
import { OrganisationTabs } from "../parts/people/organisation-tabs.tsx";
import { SiteCard } from "../parts/people/site-card.tsx";
import { Problem } from "../parts/problem.tsx";
import { TicketRows } from "../parts/ticket-rows.tsx";
import type { ListOf, Ticket } from "../types.ts";

const { t, word } = textsOf(texts);

/** One customer: sites, machines, what was promised, whom to call, tickets, and what he says of us. */
export function CustomerPage({ customerId }: { customerId: string }) {
  const network = useNetwork();
  const file = useResource<CustomerView>(path`/organisation/customers/${customerId}`);
  const machines = useResource<ListOf<Shown<MachineFile>>>(
    path`/organisation/machines?customerId=${customerId}&limit=1000`,
  );
  const tickets = useResource<ListOf<Ticket>>(path`/tickets?customer=${customerId}&limit=50`);
  const reloadTickets = tickets.reload;
  useEffect(() => onLive("ticket", reloadTickets), [reloadTickets]);
  usePageTitle(file.data?.name ?? customerId);
  const customer = file.data;
  if (customer === undefined)
    return (
      <section class="page" aria-busy={file.error === undefined}>
        <OrganisationTabs />
        <Problem error={file.error} />
      </section>
    );
  const items = machines.data?.items;
  return (
    <article class="page" data-customer={customerId}>
      <OrganisationTabs />
      <FileHead
        over={
          <>
            <span class={`chip tier ${customer.tier}`}>{word("tier", customer.tier)}</span>
            {customer.keyAccount && <span class="chip tier high_value">{t("keyAccount")}</span>}
            <span class="id">{customerId}</span>
          </>
        }
        name={customer.name}
        under={
          <>
            <span>{word("segment", customer.segment)}</span>
            <span>{network.regionName(customer.regionId)}</span>
            <span>
              {t("preferredChannel")}: {word("channel", customer.preferredChannel)}
            </span>
          </>
        }
        form={(close) => (
          <CustomerForm
            customer={customer}
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
          <section class="card">
            <h2>{t("machines")}</h2>
            <Problem error={machines.error} />
            <MachineRows rows={items} network={network} empty={t("noMachines")} />
          </section>
          <section class="card">
            <h2>{t("tickets")}</h2>
            <Problem error={tickets.error} />
            <TicketRows tickets={tickets.data?.items} />
          </section>
          {may("feedback.read") && <CustomerVoice customerId={customerId} />}
        </div>
        <div>
          {customer.contacts && <ContactCard contacts={customer.contacts} onErased={file.reload} />}
          <CommitmentCard customerId={customerId} machines={items ?? []} />
          <SiteCard customerId={customerId} network={network} />
        </div>
      </div>
    </article>
  );
}
