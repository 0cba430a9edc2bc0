import { CodedError } from "@firebreak/kit/coded-error.ts";
import type { DraftKind } from "./draft.ts";
import { customerKind } from "./file-kinds.ts";
import { requireFile, updateFile } from "./file-store.ts";
import { erasePerson, loadPeople, savePerson } from "./people.ts";
import type { Person } from "./person.ts";
import type { OrganisationWork } from "./put-machine.ts";
import type { FileOf } from "./write-file.ts";

/** Writes the people of a file: an engineer himself, or all contacts of a customer. Others have none. */
export async function writePeople<Kind extends DraftKind>(
  work: OrganisationWork,
  kind: Kind,
  file: FileOf[Kind],
  people: readonly Person[],
): Promise<void> {
  if (kind === "engineers") {
    const { engineerId } = file as FileOf["engineers"];
    for (const person of people) await savePerson(work.tx, { ...person, personId: engineerId });
  }
  if (kind === "customers")
    await writeContacts(work, (file as FileOf["customers"]).customerId, people);
}

/** Who is no longer a contact is forgotten. */
async function writeContacts(
  { tx }: OrganisationWork,
  customerId: string,
  people: readonly Person[],
): Promise<void> {
  const stored = await requireFile(tx, customerKind, customerId);
  const contactIds = people.map(({ personId }) => personId);
  const newIds = contactIds.filter((personId) => !stored.file.contactIds.includes(personId));
  for (const personId of (await loadPeople(tx, newIds)).keys())
    throw new CodedError("ORGANISATION_EXISTS", `${personId} is somebody else: take another id`);
  for (const personId of stored.file.contactIds)
    if (!contactIds.includes(personId)) await erasePerson(tx, personId);
  for (const person of people) await savePerson(tx, person);
  await updateFile(tx, customerKind, { ...stored, file: { ...stored.file, contactIds } });
}
