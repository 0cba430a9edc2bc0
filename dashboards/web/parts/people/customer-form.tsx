import { may, path } from "../../api-client.ts";
import { textsOf } from "../../i18n/language.ts";
import { texts } from "../../i18n/pages/customers-texts.ts";
import { wordsOf } from "../../i18n/pages/organisation-texts.ts";
import { useCommand } from "../../live/use-command.ts";
import { Field, textIn } from "../form.tsx";
import { bodyOf, type FieldSpec, FileForm } from "./file-form.tsx";
import type { CustomerView, Person, useNetwork } from "./organisation-data.ts";

const { t, word } = textsOf(texts);

const choice = (name: string, label: string, vocabulary: string): FieldSpec => ({
  name,
  label,
  kind: "choice",
  words: wordsOf(vocabulary),
  textOf: (one) => word(vocabulary, one),
  isRequired: true,
});

const fieldsOf = (isNew: boolean, network: ReturnType<typeof useNetwork>): FieldSpec[] => [
  ...(isNew
    ? [{ name: "customerId", label: t("customerId"), isRequired: true, hint: t("idHint") }]
    : []),
  { name: "name", label: t("customerName"), isRequired: true },
  choice("segment", t("segment"), "segment"),
  choice("tier", t("tier"), "tier"),
  choice("preferredChannel", t("preferredChannel"), "channel"),
  {
    name: "regionId",
    label: t("region"),
    kind: "choice",
    words: network.regionIds,
    textOf: network.regionName,
  },
  { name: "keyAccount", label: t("keyAccount"), kind: "flag" },
];

const fresh = { segment: "urban_construction", tier: "standard", preferredChannel: "phone" };
const contactFields = ["name", "position", "phone", "email"] as const;

interface Props {
  /** Absent: a new one. */
  readonly customer?: CustomerView | undefined;
  readonly network: ReturnType<typeof useNetwork>;
  readonly onSaved: (customerId: string) => void;
  readonly onCancel: () => void;
}

/** Writes the file of a customer, and its contacts for who may see them. */
export function CustomerForm({ customer, network, onSaved, onCancel }: Props) {
  const command = useCommand();
  const fields = fieldsOf(customer === undefined, network);
  const seesContacts =
    customer === undefined ? may("people.read") && may("tickets.dispatch") : customer.contacts;
  const contacts: readonly (Person | undefined)[] = [...(customer?.contacts ?? []), undefined];
  const save = async (values: Record<string, unknown>, form: FormData) => {
    const people = seesContacts ? { contacts: contactsIn(form, contacts) } : {};
    const body = bodyOf(customer, { ...values, ...people }, ["customerId", "contactIds"]);
    const target = customer
      ? path`/organisation/customers/${customer.customerId}`
      : "/organisation/customers";
    const reply = await command.run<CustomerView>(target, body);
    if (reply) onSaved(reply.customerId);
  };
  return (
    <FileForm
      fields={fields}
      values={customer ?? fresh}
      title={customer ? t("change") : t("addCustomer")}
      testid="customer-form"
      command={command}
      onSave={(values, form) => void save(values, form)}
      onCancel={onCancel}
    >
      {seesContacts && (
        <>
          {contacts.map((contact, index) => (
            <fieldset key={contact?.personId ?? "new"} class="checks">
              <legend>{contact ? t("contact") : t("newContact")}</legend>
              <div class="pair">
                {contactFields.map((field) => (
                  <Field key={field} label={t(field)}>
                    <input
                      name={`${field}-${index}`}
                      maxLength={200}
                      defaultValue={contact?.[field] ?? ""}
                    />
                  </Field>
                ))}
              </div>
            </fieldset>
          ))}
          <p class="faint">{t("removeHint")}</p>
        </>
      )}
    </FileForm>
  );
}

/** Those with a name; what the form does not ask for stays as it was. */
const contactsIn = (form: FormData, contacts: readonly (Person | undefined)[]) =>
  contacts.flatMap((contact, index) => {
    const told = Object.fromEntries(
      contactFields.map((field) => [field, textIn(form, `${field}-${index}`)]),
    );
    return told.name === undefined ? [] : [bodyOf(contact, told, [...contactFields])];
  });
