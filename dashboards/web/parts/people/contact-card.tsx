import { textsOf } from "../../i18n/language.ts";
import { texts } from "../../i18n/pages/customers-texts.ts";
import { ErasePerson } from "./erase-person.tsx";
import type { Person } from "./organisation-data.ts";

const { t } = textsOf(texts);

/** Whom to call at a customer; the interface tells it only to who may know. */
export const ContactCard = ({
  contacts,
  onErased,
}: {
  contacts: readonly Person[];
  onErased: () => void;
}) => (
  <section class="card" data-testid="contacts">
    <h2>{t("contacts")}</h2>
    {contacts.length === 0 && <p class="empty">{t("noContacts")}</p>}
    <ul class="contact-list">
      {contacts.map(({ personId, name, position, phone, email }) => (
        <li key={personId} data-row={personId}>
          <p>
            <b>{name}</b> <span class="faint">{position}</span> <small class="id">{personId}</small>
          </p>
          <p class="reach">
            {phone !== undefined && <a href={`tel:${phone.replaceAll(" ", "")}`}>{phone}</a>}
            {email !== undefined && <a href={`mailto:${email}`}>{email}</a>}
          </p>
          <ErasePerson personId={personId} name={name} onErased={onErased} />
        </li>
      ))}
    </ul>
  </section>
);
