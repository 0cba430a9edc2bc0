import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Database } from "@firebreak/kit/database.ts";
import { keptParsedTexts } from "@firebreak/kit/parsed-texts.ts";
import type { ServiceWork } from "../service-work.ts";
import { installPart } from "./installed-parts.ts";
import { type FirstOrganisation, parseOrganisationFile } from "./organisation-file.ts";
import type { OrganisationTables } from "./organisation-tables.ts";
import { putDraft } from "./put-draft.ts";

export const demoOrganisationFile = join(import.meta.dirname, "demo-organisation.yaml");

/** @throws CodedError BAD_CONFIGURATION with every mistake of the file */
export const readOrganisationFile = (at: string, file = demoOrganisationFile): FirstOrganisation =>
  parseOrganisationFile({ file, text: readFileSync(file, "utf8"), parsed: keptParsedTexts }, at);

/** Writes the organisation into a database that knows no region yet; into any other, nothing. True when it did. */
export async function loadOrganisationOnce(
  db: Database,
  { draft, installedParts }: FirstOrganisation,
  work: Omit<ServiceWork, "tx">,
): Promise<boolean> {
  return db.transaction(async (tx) => {
    const known = await tx
      .tables<OrganisationTables>()
      .selectFrom("regions")
      .select("id")
      .limit(1)
      .execute();
    if (known.length > 0) return false;
    await putDraft({ ...work, tx }, draft);
    for (const { machineId, ...part } of installedParts)
      await installPart({ ...work, tx }, machineId, part);
    return true;
  });
}
