import type { Complaint } from "@firebreak/tickets/customers/complaint.ts";
import { path } from "../../api-client.ts";
import { textsOf } from "../../i18n/language.ts";
import { texts } from "../../i18n/pages/follow-up-texts.ts";
import { useCommand } from "../../live/use-command.ts";
import { Choice, CommandForm, Field, textIn } from "../form.tsx";
import { type CustomerView, nameIn } from "./about.tsx";

const { t, word } = textsOf(texts);

interface Ends {
  readonly onDone: () => void;
  readonly onCancel: () => void;
}

const steps = { open: "handled", handled: "answered", answered: "closed" } as const;

/** The step that follows a state; undefined when it is closed. */
export const nextOf = (state: Complaint["state"]) =>
  state === "closed" ? undefined : steps[state];

/** Takes a complaint one step on. */
export function StepForm({ complaint, onDone, onCancel }: { complaint: Complaint } & Ends) {
  const command = useCommand();
  const to = nextOf(complaint.state);
  if (to === undefined) return null;
  const save = async (form: FormData) => {
    const target = path`/complaints/${complaint.complaintId}/steps`;
    if (await command.run(target, { to, note: textIn(form, "note") })) onDone();
  };
  return (
    <section class="card">
      <h2>{word("step", to)}</h2>
      <p class="said">{complaint.text}</p>
      <CommandForm
        command={command}
        submit={word("step", to)}
        testid="step-form"
        onSubmit={(form) => void save(form)}
        onCancel={onCancel}
      >
        <Field label={word("stepNote", to)}>
          <textarea name="note" rows={3} required maxLength={4_000} />
        </Field>
      </CommandForm>
    </section>
  );
}

/** Somebody complains: what about, and what is known of it. */
export function NewComplaint(props: { readonly customers: readonly CustomerView[] } & Ends) {
  const { customers, onDone, onCancel } = props;
  const command = useCommand();
  const save = async (form: FormData) => {
    const phone = textIn(form, "phone");
    const name = textIn(form, "name");
    const known = (["ticketId", "customerId", "machineId"] as const)
      .map((key) => [key, textIn(form, key)] as const)
      .filter(([, value]) => value !== undefined);
    const taken = await command.run("/complaints", {
      text: textIn(form, "text"),
      ...Object.fromEntries(known),
      ...(name === undefined ? {} : { contact: { name, ...(phone ? { phone } : {}) } }),
    });
    if (taken) onDone();
  };
  return (
    <section class="card">
      <h2>{t("newComplaint")}</h2>
      <CommandForm
        command={command}
        submit={t("save")}
        testid="complaint-form"
        onSubmit={(form) => void save(form)}
        onCancel={onCancel}
      >
        <Field label={t("complaintText")}>
          <textarea name="text" rows={3} required maxLength={4_000} />
        </Field>
        <div class="pair">
          <Choice
            label={t("customer")}
            name="customerId"
            words={customers.map(({ customerId }) => customerId)}
            textOf={nameIn(customers)}
            none={t("none")}
          />
          <Field label={t("ticketId")} hint={t("optional")}>
            <input name="ticketId" maxLength={100} />
          </Field>
          <Field label={t("machineId")} hint={t("optional")}>
            <input name="machineId" maxLength={100} />
          </Field>
          <Field label={t("contactName")} hint={t("optional")}>
            <input name="name" maxLength={100} autocomplete="off" />
          </Field>
          <Field label={t("contactPhone")} hint={t("withName")}>
            <input name="phone" type="tel" pattern="[+0-9][0-9 \(\)\-]{4,30}" autocomplete="off" />
          </Field>
        </div>
      </CommandForm>
    </section>
  );
}
