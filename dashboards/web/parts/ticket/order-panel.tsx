import type { PossibleOrder } from "@firebreak/tickets/orders/possible-orders.ts";
import { useState } from "preact/hooks";
import { path } from "../../api-client.ts";
import { textsOf } from "../../i18n/language.ts";
import { texts } from "../../i18n/pages/ticket-order-texts.ts";
import { type Command, useCommand } from "../../live/use-command.ts";
import type { Ticket } from "../../types.ts";
import { CommandForm } from "../form.tsx";
import { Problem } from "../problem.tsx";
import "./guard-words.ts";
import { AssignForm } from "./assign-form.tsx";
import { CloseForm } from "./close-form.tsx";
import { bodyOf } from "./order-body.ts";
import { OrderInput } from "./order-field.tsx";
import { fieldsOf, grouped, ownForms } from "./order-table.ts";
import { ReportForm } from "./report-form.tsx";

const { t, word } = textsOf(texts);

interface Props {
  readonly ticket: Ticket;
  /** Its parts tickets: they know which parts are kept for it. */
  readonly relatives: readonly Ticket[];
  /** What the interface says can be ordered now; undefined while it was not asked. */
  readonly possible: readonly PossibleOrder[] | undefined;
  readonly onDone: () => void;
}

/** Names of buttons that tests know of old. */
const testids: Partial<Record<PossibleOrder, string>> = {
  acknowledge: "acknowledge",
  close: "open-close-form",
};

/** Everything that can be ordered of a ticket now: the likely next step first, the rest behind "More". */
export function OrderPanel({ ticket, relatives, possible, onDone }: Props) {
  const [chosen, choose] = useState<PossibleOrder>();
  const command = useCommand();
  if (possible === undefined) return null;
  const { next, more } = grouped(ticket.state, possible);
  const isOpen = chosen !== undefined && possible.includes(chosen);
  const target = path`/tickets/${ticket.ticketId}`;
  /** Another form may have been opened before the answer came: that one stays. */
  const close = (name: PossibleOrder) => choose((now) => (now === name ? undefined : now));
  const give = async (name: PossibleOrder, body: object = {}) => {
    const done = await command.run(`${target}/${name}`, body);
    if (done !== undefined) close(name);
    onDone();
  };
  const start = (name: PossibleOrder) => {
    const needsForm = ownForms.includes(name) || fieldsOf(name, ticket).length > 0;
    if (needsForm) choose(name);
    else void give(name);
  };
  const buttonOf = (name: PossibleOrder, isStrong: boolean) => (
    <button
      key={name}
      type="button"
      class={isStrong ? "strong" : undefined}
      data-order={name}
      data-testid={testids[name] ?? "order"}
      disabled={command.isBusy}
      aria-expanded={chosen === name ? true : undefined}
      onClick={() => start(name)}
    >
      {word("order", name)}
    </button>
  );
  if (possible.length === 0) return null;
  return (
    <section class="card actions" data-testid="actions">
      <h2>{t("whatNext")}</h2>
      {isOpen ? (
        <OrderForm
          key={chosen}
          {...{ ticket, relatives, command, give }}
          name={chosen}
          onCancel={() => choose(undefined)}
          onDone={() => {
            close(chosen);
            onDone();
          }}
        />
      ) : (
        <>
          {next.length > 0 && (
            <div class="orders">{next.map((name, index) => buttonOf(name, index === 0))}</div>
          )}
          {more.length > 0 && (
            <details class="more-orders" open={next.length === 0}>
              <summary>{t("moreOrders")}</summary>
              <div class="orders">{more.map((name) => buttonOf(name, false))}</div>
            </details>
          )}
          <Problem error={command.error} />
        </>
      )}
    </section>
  );
}

interface FormProps {
  readonly ticket: Ticket;
  readonly relatives: readonly Ticket[];
  readonly name: PossibleOrder;
  readonly command: Command;
  readonly give: (name: PossibleOrder, body: object) => Promise<void>;
  readonly onCancel: () => void;
  readonly onDone: () => void;
}

function OrderForm({ ticket, relatives, name, command, give, onCancel, onDone }: FormProps) {
  const title = word("order", name).replace("…", "");
  if (name === "assign") return <AssignForm {...{ ticket, onDone, onCancel }} />;
  if (name === "submit-report")
    return <ReportForm {...{ ticket, relatives, onDone, onCancel }} title={title} />;
  if (name === "close")
    return (
      <CloseForm
        {...{ ticket, relatives, command, onCancel }}
        onClose={(body) => void give(name, body)}
      />
    );
  const fields = fieldsOf(name, ticket);
  return (
    <CommandForm
      command={command}
      submit={title}
      testid="order-form"
      onCancel={onCancel}
      onSubmit={(form) => void give(name, bodyOf(fields, form))}
    >
      {fields.map((field) => (
        <OrderInput key={field.name} field={field} />
      ))}
    </CommandForm>
  );
}
