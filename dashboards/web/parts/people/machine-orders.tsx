import { useState } from "preact/hooks";
import { path } from "../../api-client.ts";
import { textsOf } from "../../i18n/language.ts";
import { texts } from "../../i18n/pages/machine-files-texts.ts";
import { wordsOf } from "../../i18n/pages/organisation-texts.ts";
import { useCommand } from "../../live/use-command.ts";
import { Choice, CommandForm, Field, numberIn, textIn } from "../form.tsx";
import type { MachineFile, Shown } from "./organisation-data.ts";

const { t, word } = textsOf(texts);

const orders = ["setState", "readMeter", "replaceMeter", "moveMachine"] as const;
type Order = (typeof orders)[number];

const targets = {
  setState: "state",
  readMeter: "hours",
  replaceMeter: "meter",
  moveMachine: "move",
} as const satisfies Record<Order, string>;

interface Props {
  readonly machine: Shown<MachineFile>;
  readonly onDone: () => void;
}

/** What is written down of a machine beyond its file: state, hours, meter, owner. */
export function MachineOrders({ machine, onDone }: Props) {
  const command = useCommand();
  const [order, choose] = useState<Order | undefined>(undefined);
  const give = async (chosen: Order, form: FormData) => {
    const target = path`/organisation/machines/${machine.machineId}/${targets[chosen]}`;
    if ((await command.run(target, bodyOf(chosen, form, machine))) === undefined) return;
    choose(undefined);
    onDone();
  };
  return (
    <section class="card" data-testid="machine-orders">
      <h2>{t("actions")}</h2>
      <div class="row-actions">
        {orders.map((one) => (
          <button
            key={one}
            type="button"
            class="quiet"
            data-testid={one}
            aria-expanded={order === one}
            onClick={() => choose(order === one ? undefined : one)}
          >
            {t(one)}
          </button>
        ))}
      </div>
      {order && (
        <CommandForm
          command={command}
          submit={t(order)}
          testid={`${order}-form`}
          onSubmit={(form) => void give(order, form)}
          onCancel={() => choose(undefined)}
        >
          <div class="pair">
            <Fields order={order} machine={machine} />
          </div>
          {order === "moveMachine" && <p class="faint">{t("moveHint")}</p>}
        </CommandForm>
      )}
    </section>
  );
}

function Fields({ order, machine }: { order: Order; machine: MachineFile }) {
  const number = (name: string, label: string, value?: number) => (
    <Field label={label}>
      <input name={name} type="number" step="any" min={0} required defaultValue={value} />
    </Field>
  );
  const reading = machine.meter?.readingHours;
  if (order === "readMeter") return number("readingHours", t("reading"), reading);
  if (order === "replaceMeter")
    return (
      <>
        {number("lastHours", t("lastHours"), reading)}
        {number("firstHours", t("firstHours"), 0)}
        <Field label={t("reason")}>
          <input name="reason" required maxLength={200} />
        </Field>
      </>
    );
  if (order === "moveMachine")
    return (
      <>
        <Field label={t("customerNumber")}>
          <input name="customerId" maxLength={64} required />
        </Field>
        <Field label={t("siteNumber")}>
          <input name="siteId" maxLength={64} />
        </Field>
      </>
    );
  return (
    <>
      <Choice
        label={t("newState")}
        name="state"
        words={wordsOf("machineState")}
        textOf={(one) => word("machineState", one)}
        value={machine.state}
      />
      {machine.handoverAt === undefined && (
        <Field label={t("handoverAt")}>
          <input name="handoverAt" type="date" />
        </Field>
      )}
    </>
  );
}

function bodyOf(order: Order, form: FormData, { version }: Shown<MachineFile>): object {
  const texts = (...names: string[]) =>
    Object.fromEntries(
      names.map((name) => [name, textIn(form, name)]).filter(([, value]) => value !== undefined),
    );
  if (order === "setState") return texts("state", "handoverAt");
  if (order === "readMeter") return { readingHours: numberIn(form, "readingHours") };
  if (order === "moveMachine") return { ...texts("customerId", "siteId"), version };
  return {
    lastHours: numberIn(form, "lastHours"),
    firstHours: numberIn(form, "firstHours"),
    ...texts("reason"),
  };
}
