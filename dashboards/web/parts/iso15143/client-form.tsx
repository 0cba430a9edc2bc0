import { useState } from "preact/hooks";
import { post } from "../../api-client.ts";
import { textsOf } from "../../i18n/language.ts";
import { texts } from "../../i18n/pages/iso15143-texts.ts";
import { useAttempt } from "../../live/use-attempt.ts";
import type { AempClientRow } from "../../types.ts";
import { Choice, CommandForm, Field, textIn } from "../form.tsx";
import { MachinePicker, type PickedMachine } from "../machine-picker.tsx";

const { t, word } = textsOf(texts);

/** A client and its secret, which nobody can ask for again. */
export interface MadeClient {
  readonly client: AempClientRow;
  readonly clientSecret: string;
}

const kinds = ["customer", "machines", "wholeFleet"] as const;
type Kind = (typeof kinds)[number];

interface Props {
  readonly customers: readonly { readonly customerId: string; readonly name: string }[];
  readonly onMade: (made: MadeClient) => void;
  readonly onCancel: () => void;
}

/** Lets a program of somebody else read machines. */
export function ClientForm({ customers, onMade, onCancel }: Props) {
  const [kind, chooseKind] = useState<Kind>("customer");
  const [machines, choose] = useState<readonly PickedMachine[]>([]);
  const [isMissing, miss] = useState(false);
  const command = useAttempt();
  const pick = (picked: readonly PickedMachine[]) => {
    choose(picked);
    miss(false);
  };
  const nameOf = new Map(customers.map(({ customerId, name }) => [customerId, name]));
  const create = async (form: FormData) => {
    const lacks = kind === "machines" && machines.length === 0;
    miss(lacks);
    if (lacks) return;
    const scope = {
      customer: { customerId: textIn(form, "customerId") },
      machines: { machineIds: machines.map(({ machineId }) => machineId) },
      wholeFleet: { wholeFleet: true },
    }[kind];
    const made = await command.attempt(() =>
      post<MadeClient>("/aemp/clients", { name: textIn(form, "name"), scope }),
    );
    if (made) onMade(made);
  };
  return (
    <CommandForm
      command={command}
      submit={t("create")}
      testid="client-form"
      submitTestid="create-client"
      onSubmit={(form) => void create(form)}
      onCancel={onCancel}
    >
      <div class="pair">
        <Field label={t("name")} hint={t("nameHint")}>
          <input name="name" required maxLength={100} pattern=".*\S.*" />
        </Field>
        <Choice
          label={t("sees")}
          name="kind"
          words={kinds}
          textOf={(one) => word("scope", one)}
          value={kind}
          onChange={(one) => chooseKind(kinds.find((known) => known === one) ?? "customer")}
        />
        {kind === "customer" && (
          <Choice
            label={t("customer")}
            name="customerId"
            words={[...nameOf.keys()]}
            textOf={(id) => `${nameOf.get(id)} (${id})`}
            none={t("chooseCustomer")}
            isRequired
          />
        )}
      </div>
      {kind === "customer" && <p class="lead">{t("customerHint")}</p>}
      {kind === "machines" && (
        <MachinePicker label={t("whichMachines")} chosen={machines} onChange={pick} />
      )}
      {isMissing && (
        <p class="problem" role="alert">
          {t("chooseMachines")}
        </p>
      )}
    </CommandForm>
  );
}
