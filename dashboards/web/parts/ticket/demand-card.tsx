import type { Permission } from "@firebreak/kit/roles.ts";
import type { Transfer } from "@firebreak/tickets/parts/transfers.ts";
import { may, path } from "../../api-client.ts";
import { formatTime } from "../../format.ts";
import { language, textsOf } from "../../i18n/language.ts";
import { texts } from "../../i18n/pages/ticket-texts.ts";
import { useCommand } from "../../live/use-command.ts";
import { useResource } from "../../live/use-resource.ts";
import type { NameOf } from "../../names.ts";
import type { ListOf, Ticket } from "../../types.ts";
import { Problem } from "../problem.tsx";
import { PartsLines } from "./parts-card.tsx";

const { t, word } = textsOf(texts);

interface Props {
  readonly ticket: Ticket;
  readonly nameOf: NameOf;
  /** Of a stock location. */
  readonly placeOf: NameOf;
  readonly onDone: () => void;
}

/** A parts ticket: what for, to where, by when, its lines, its journeys and what is handed out. */
export function DemandCard({ ticket, nameOf, placeOf, onDone }: Props) {
  const { demand } = ticket;
  const facts = demand
    ? [
        ["demand", word("demand", demand.purpose)],
        ["destination", placeOf(demand.destinationId)],
        ["neededBy", demand.neededBy && formatTime(demand.neededBy, language.value)],
        ["commitAt", demand.commitAt && formatTime(demand.commitAt, language.value)],
        ["approval", ticket.state === "requested" && word("approval", demand.approval)],
        ["assignment", demand.engineerId && nameOf(demand.engineerId)],
      ].filter((fact): fact is [string, string] => Boolean(fact[1]))
    : [];
  return (
    <>
      <section class="card" data-testid="parts">
        <h2>{t("partsHead")}</h2>
        <PartsLines ticket={ticket} />
        {facts.length > 0 && (
          <dl class="facts">
            {facts.map(([name, said]) => (
              <div key={name}>
                <dt>{t(name)}</dt>
                <dd>{said}</dd>
              </div>
            ))}
          </dl>
        )}
        {demand?.isInWarranty && <p class="faint">{t("inWarranty")}</p>}
      </section>
      <Transfers {...{ ticket, placeOf, onDone }} />
      <Loans {...{ ticket, onDone }} />
    </>
  );
}

/** What can be done with a transfer next, and who may. */
const nextStep: Partial<Record<Transfer["state"], readonly [step: string, needs: Permission]>> = {
  requested: ["approve", "transfers.approve"],
  approved: ["pick", "stock.write"],
  picked: ["send", "stock.write"],
  in_transit: ["receive", "stock.write"],
};

function Transfers({ ticket, placeOf, onDone }: Omit<Props, "nameOf">) {
  const isMoving = ticket.parts.some(({ transferId }) => transferId !== undefined);
  const list = useResource<ListOf<Transfer>>(
    isMoving && may("stock.read")
      ? `/transfers?ticket=${encodeURIComponent(ticket.ticketId)}&limit=100`
      : undefined,
  );
  const command = useCommand();
  const items = list.data?.items ?? [];
  if (items.length === 0) return null;
  const take = async (transferId: string, step: string) => {
    await command.run(`${path`/transfers/${transferId}`}/${step}`);
    list.reload();
    onDone();
  };
  return (
    <section class="card" data-testid="transfers">
      <h2>{t("transfers")}</h2>
      <ul class="plain">
        {items.map(({ transferId, partNo, quantity, fromId, toId, state, isGreen, etaAt }) => {
          const [step, needs] = nextStep[state] ?? [];
          return (
            <li key={transferId} data-row={transferId}>
              <b>
                {quantity} × {partNo}
              </b>
              <span>
                {placeOf(fromId)} → {placeOf(toId)}
              </span>
              <span class="chip" data-field="state" data-value={state}>
                {word("transferState", state)}
              </span>
              {isGreen && <span class="faint">{t("green")}</span>}
              {etaAt !== undefined && state === "in_transit" && (
                <span class="faint">{t("etaAt", { time: formatTime(etaAt, language.value) })}</span>
              )}
              {step && needs && may(needs) && (
                <button
                  type="button"
                  data-step={step}
                  disabled={command.isBusy}
                  onClick={() => void take(transferId, step)}
                >
                  {word("transferStep", step)}
                </button>
              )}
            </li>
          );
        })}
      </ul>
      <Problem error={command.error ?? list.error} />
    </section>
  );
}

function Loans({ ticket, onDone }: Pick<Props, "ticket" | "onDone">) {
  const command = useCommand();
  const lines = ticket.parts.filter(({ loanIds = [] }) => loanIds.length > 0);
  if (lines.length === 0) return null;
  const owesOld = ticket.demand?.isInWarranty === true;
  const give = async (loanId: string, name: string) => {
    await command.run(`${path`/part-loans/${loanId}`}/${name}`);
    onDone();
  };
  return (
    <section class="card" data-testid="loans">
      <h2>{t("loans")}</h2>
      <ul class="plain">
        {lines.map(({ partNo, state, quantity, loanIds = [] }) =>
          loanIds.map((loanId) => (
            <li key={loanId} data-row={loanId}>
              <b>
                {quantity} × {partNo}
              </b>
              {may("stock.write") && state === "loaned" && (
                <button
                  type="button"
                  data-step="return"
                  disabled={command.isBusy}
                  onClick={() => void give(loanId, "return")}
                >
                  {t("returnUnused")}
                </button>
              )}
              {may("stock.write") && owesOld && state === "consumed" && (
                <button
                  type="button"
                  data-step="return-old-part"
                  disabled={command.isBusy}
                  onClick={() => void give(loanId, "return-old-part")}
                >
                  {t("returnOld")}
                </button>
              )}
            </li>
          )),
        )}
      </ul>
      <Problem error={command.error} />
    </section>
  );
}
