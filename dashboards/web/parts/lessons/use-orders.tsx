import { useState } from "preact/hooks";
import { textsOf } from "../../i18n/language.ts";
import { texts } from "../../i18n/pages/lessons-texts.ts";
import { useCommand } from "../../live/use-command.ts";
import { CommandForm, Field, textIn } from "../form.tsx";

const { t } = textsOf(texts);

interface OrderField {
  readonly name: string;
  readonly label: string;
  readonly hint?: string;
  /** Absent: one line of text. */
  readonly kind?: "note" | "date";
  readonly pattern?: string;
  readonly isOptional?: boolean;
}

/** An order that people give with some words of their own. */
export interface Order {
  /** What it is about, for people. */
  readonly about: string;
  readonly submit: string;
  readonly path: string;
  readonly fields: readonly OrderField[];
  readonly bodyOf: (values: Readonly<Record<string, string>>) => object;
}

/** The form of the order that was chosen last, if any; `onDone` is called when it was obeyed. */
export function useOrders(onDone: () => void) {
  const [order, open] = useState<Order | undefined>(undefined);
  const close = () => open(undefined);
  const form = order && (
    <OrderForm
      key={`${order.path} ${order.submit}`}
      order={order}
      onCancel={close}
      onDone={() => {
        close();
        onDone();
      }}
    />
  );
  return { open, form };
}

interface Props {
  readonly order: Order;
  readonly onDone: () => void;
  readonly onCancel: () => void;
}

function OrderForm({ order, onDone, onCancel }: Props) {
  const command = useCommand();
  const { about, submit, path, fields, bodyOf } = order;
  const give = async (form: FormData) => {
    const values = Object.fromEntries(
      fields.flatMap(({ name }) => {
        const text = textIn(form, name);
        return text === undefined ? [] : [[name, text]];
      }),
    );
    if (await command.done(path, bodyOf(values))) onDone();
  };
  return (
    <section class="order-form" aria-label={`${submit}: ${about}`}>
      <h3>
        {submit}: {about}
      </h3>
      <CommandForm
        command={command}
        submit={submit}
        testid="lesson-order"
        onSubmit={(form) => void give(form)}
        onCancel={onCancel}
      >
        <div class="pair">
          {fields.map((field) => (
            <OrderInput key={field.name} field={field} />
          ))}
        </div>
      </CommandForm>
    </section>
  );
}

function OrderInput({ field }: { field: OrderField }) {
  const { name, label, hint, kind, pattern, isOptional = false } = field;
  const shared = { name, required: !isOptional };
  return (
    <Field label={isOptional ? t("optional", { label }) : label} hint={hint}>
      {kind === "note" && <textarea {...shared} rows={2} maxLength={2000} />}
      {kind === "date" && <input type="date" {...shared} />}
      {kind === undefined && (
        <input {...shared} maxLength={200} {...(pattern ? { pattern } : {})} />
      )}
    </Field>
  );
}

interface ButtonsProps {
  readonly actions: readonly { readonly name: string; readonly order: Order }[];
  readonly onOpen: (order: Order) => void;
}

/** What can be ordered about one row. */
export const OrderButtons = ({ actions, onOpen }: ButtonsProps) => (
  <div class="row-actions">
    {actions.map(({ name, order }) => (
      <button key={name} type="button" data-testid={name} onClick={() => onOpen(order)}>
        {order.submit}
      </button>
    ))}
  </div>
);
