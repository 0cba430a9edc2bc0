import { useState } from "preact/hooks";
import { path, remove } from "../../api-client.ts";
import { formatTime } from "../../format.ts";
import { t as common, language, textsOf } from "../../i18n/language.ts";
import { texts } from "../../i18n/pages/iso15143-texts.ts";
import { useAttempt } from "../../live/use-attempt.ts";
import { useResource } from "../../live/use-resource.ts";
import type { AempClientRow, ListOf } from "../../types.ts";
import { Facts } from "../people/facts.tsx";
import { Problem } from "../problem.tsx";
import { type Column, Table } from "../table.tsx";
import { ClientForm, type MadeClient } from "./client-form.tsx";

const { t } = textsOf(texts);

const mostNamed = 3;
const address = (below: string): string => `${location.origin}/aemp${below}`;

interface Customer {
  readonly customerId: string;
  readonly name: string;
}

/** Programs of others that may read machines here: who they are, a new one, and the end of one. */
export function ClientList() {
  const list = useResource<ListOf<AempClientRow>>("/aemp/clients", 30_000);
  const customers = useResource<ListOf<Customer>>("/organisation/customers?limit=1000");
  const [isAdding, add] = useState(false);
  const [made, show] = useState<MadeClient | undefined>(undefined);
  const known = customers.data?.items ?? [];
  const nameOf = (id: string) => known.find(({ customerId }) => customerId === id)?.name ?? id;
  return (
    <>
      <h2>{t("clients")}</h2>
      <p class="lead">{t("clientsAbout", { address: address("") })}</p>
      <Problem error={list.error ?? customers.error} />
      {made && <Secret made={made} onNoted={() => show(undefined)} />}
      {isAdding ? (
        <section class="card">
          <h2>{t("newClient")}</h2>
          <ClientForm
            customers={known}
            onMade={(one) => {
              add(false);
              show(one);
              list.reload();
            }}
            onCancel={() => add(false)}
          />
        </section>
      ) : (
        <p>
          <button type="button" data-testid="add-client" onClick={() => add(true)}>
            {t("newClient")}
          </button>
        </p>
      )}
      <Table
        rows={list.data?.items}
        columns={columnsOf(nameOf, list.reload)}
        rowKey={({ clientId }) => clientId}
        empty={t("noClients")}
        testid="aemp-clients"
      />
    </>
  );
}

interface SecretProps {
  readonly made: MadeClient;
  readonly onNoted: () => void;
}

const Secret = ({ made: { client, clientSecret }, onNoted }: SecretProps) => (
  <section class="card" role="status" data-testid="client-secret">
    <p>{t("made", { name: client.name })}</p>
    <Facts
      facts={[
        [t("clientId"), <b key="id">{client.clientId}</b>],
        [t("clientSecret"), <b key="secret">{clientSecret}</b>],
        [t("tokenAddress"), address("/oauth/token")],
        [t("fleetAddress"), address("/Fleet/1")],
      ]}
    />
    <p>
      <button type="button" onClick={onNoted}>
        {t("noted")}
      </button>
    </p>
  </section>
);

type NameOf = (customerId: string) => string;

const columnsOf = (nameOf: NameOf, onChanged: () => void): Column<AempClientRow>[] => [
  {
    key: "client",
    title: t("name"),
    isHead: true,
    cell: ({ name, clientId }) => (
      <>
        {name}
        <small class="id">{clientId}</small>
      </>
    ),
  },
  { key: "scope", title: t("sees"), cell: ({ scope }) => scopeText(scope, nameOf) },
  {
    key: "since",
    title: t("since"),
    cell: ({ createdAt, createdBy }) => `${formatTime(createdAt, language.value)} · ${createdBy}`,
  },
  {
    key: "actions",
    title: "",
    cell: (client) => <Revoke client={client} onRevoked={onChanged} />,
  },
];

function scopeText({ customerId, machineIds, wholeFleet }: AempClientRow["scope"], nameOf: NameOf) {
  if (wholeFleet) return t("scope.wholeFleet");
  const customer = customerId === undefined ? "" : nameOf(customerId);
  if (machineIds === undefined) return t("ofCustomer", { customer });
  const names = machineIds.slice(0, mostNamed).join(", ");
  const count = machineIds.length - mostNamed;
  const machines = count > 0 ? t("andMore", { names, count }) : names;
  const said = customerId === undefined ? machines : t("ofBoth", { machines, customer });
  return <span title={machineIds.join(", ")}>{said}</span>;
}

interface RevokeProps {
  readonly client: AempClientRow;
  readonly onRevoked: () => void;
}

/** What it means is said before it is done. */
function Revoke({ client: { clientId, name }, onRevoked }: RevokeProps) {
  const [isAsked, ask] = useState(false);
  const { attempt, isBusy, error } = useAttempt();
  const revoke = async () => {
    const done = await attempt(() => remove(path`/aemp/clients/${clientId}`).then(() => true));
    if (done) onRevoked();
  };
  if (!isAsked)
    return (
      <button type="button" class="quiet" data-testid="revoke" onClick={() => ask(true)}>
        {t("revoke")}
      </button>
    );
  return (
    <div class="danger">
      <p>{t("revokeWarning", { name })}</p>
      <Problem error={error} />
      <div class="row-actions">
        <button
          type="button"
          class="burning"
          data-testid="revoke-now"
          disabled={isBusy}
          onClick={() => void revoke()}
        >
          {t("revokeNow")}
        </button>
        <button type="button" onClick={() => ask(false)}>
          {common("cancel")}
        </button>
      </div>
    </div>
  );
}
