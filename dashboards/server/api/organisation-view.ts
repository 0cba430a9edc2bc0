import { may } from "@firebreak/kit/roles.ts";
import type { Customer } from "@firebreak/tickets/organisation/customer.ts";
import type { EngineerFile } from "@firebreak/tickets/organisation/engineer.ts";
import type { Stored } from "@firebreak/tickets/organisation/file-store.ts";
import type { OrganisationDesk } from "@firebreak/tickets/organisation/organisation-desk.ts";
import type { Person } from "@firebreak/tickets/organisation/person.ts";
import type { Principal } from "../auth/guard.ts";

/** A file with its version; who may see people sees the people of it, too. */
export type FileView = Readonly<Record<string, unknown>> & { readonly version: number };

/** Names and numbers of our own engineers. */
export const maySeeEngineers = ({ role }: Principal): boolean => may(role, "people.read");

/** Whom to call at a customer: for those who deal with customers, from the dispatcher up. */
export const maySeeContacts = ({ role }: Principal): boolean =>
  may(role, "people.read") && may(role, "tickets.dispatch");

/** What one page of files shows to who asks. */
export async function toFileViews<File extends object>(
  desk: OrganisationDesk,
  principal: Principal,
  kind: string,
  files: readonly Stored<File>[],
): Promise<FileView[]> {
  const plain = files.map(({ file, version }): FileView => ({ ...file, version }));
  if (kind === "engineers" && maySeeEngineers(principal)) {
    const ids = files.map(({ file }) => (file as unknown as EngineerFile).engineerId);
    const people = await desk.people(ids);
    return plain.map((view) => ({ ...view, ...personOf(people, String(view.engineerId)) }));
  }
  if (kind === "customers" && maySeeContacts(principal)) {
    const ids = files.flatMap(({ file }) => (file as unknown as Customer).contactIds);
    const people = await desk.people(ids);
    return plain.map((view) => ({
      ...view,
      contacts: (view.contactIds as string[]).flatMap((id) => people.get(id) ?? []),
    }));
  }
  return plain;
}

function personOf(people: ReadonlyMap<string, Person>, engineerId: string) {
  const person = people.get(engineerId);
  return person ? { name: person.name, person } : {};
}
