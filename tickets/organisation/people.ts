import type { Transaction } from "@firebreak/kit/database.ts";
import { inBatches, type Reader } from "./file-store.ts";
import type { OrganisationTables } from "./organisation-tables.ts";
import type { Person } from "./person.ts";

/** Writes all that is known of a person now; what was there before is gone. */
export async function savePerson(tx: Transaction, person: Person): Promise<void> {
  const body = JSON.stringify(person);
  await tx
    .tables<OrganisationTables>()
    .insertInto("people")
    .values({ person_id: person.personId, body })
    .onConflict((conflict) => conflict.column("person_id").doUpdateSet({ body }))
    .execute();
}

/** By id; who was erased, or never was, is not in it. */
export async function loadPeople(
  reader: Reader,
  personIds: readonly string[],
): Promise<Map<string, Person>> {
  const rows = await inBatches(personIds, (batch) =>
    reader
      .tables<OrganisationTables>()
      .selectFrom("people")
      .select(["person_id", "body"])
      .where("person_id", "in", batch)
      .execute(),
  );
  return new Map(rows.map((row) => [row.person_id, JSON.parse(row.body) as Person]));
}

/** Takes everything personal out; whatever refers to the id stays. True when there was something. */
export async function erasePerson(tx: Transaction, personId: string): Promise<boolean> {
  const { numDeletedRows } = await tx
    .tables<OrganisationTables>()
    .deleteFrom("people")
    .where("person_id", "=", personId)
    .executeTakeFirst();
  return numDeletedRows > 0n;
}
