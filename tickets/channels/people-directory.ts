import { customerKind } from "../organisation/file-kinds.ts";
import { findFile } from "../organisation/file-store.ts";
import { loadRegionPath } from "../organisation/load-organisation.ts";
import { loadPeople } from "../organisation/people.ts";
import type { Person } from "../organisation/person.ts";
import { zoneOf } from "../organisation/region.ts";
import { loadTicket } from "../ticket-store.ts";
import type { Language } from "./messages.ts";
import type { Audience } from "./notice.ts";
import type { Directory, Reader, Recipient } from "./recipients.ts";

/** Somebody with a login; the same id names the row in `people` where the addresses stand. */
export interface Staff {
  readonly personId: string;
  readonly role: string;
  readonly stationId?: string;
  readonly regionId?: string;
}

export interface DirectorySource {
  /** Users that are not shut out, of one role. */
  staffOf(reader: Reader, role: string): Promise<readonly Staff[]>;
  /** Ids of people who reported a ticket, oldest first. */
  reportersOf(reader: Reader, ticketId: string): Promise<readonly string[]>;
}

/** The language of people who have not said which they read. */
const DEFAULT_LANGUAGE: Language = "zh-CN";

/** Audiences from the organisation's files, the users and the customers' reports. */
export function createPeopleDirectory(source: DirectorySource): Directory {
  const idsOf = async (reader: Reader, audience: Audience): Promise<readonly string[]> => {
    switch (audience.to) {
      case "role":
        return staffIds(await source.staffOf(reader, audience.role), audience, reader);
      case "engineer":
        return [audience.engineerId];
      case "customer":
        return customerIds(reader, audience, source);
    }
  };
  return {
    async recipientsOf(reader, audience) {
      const ids = [...new Set(await idsOf(reader, audience))];
      const people = await loadPeople(reader, ids);
      return ids.flatMap((id) => {
        const person = people.get(id);
        return person ? [toRecipient(person)] : [];
      });
    },
    async recipient(reader, personId) {
      const person = (await loadPeople(reader, [personId])).get(personId);
      return person && toRecipient(person);
    },
    async zoneOf(reader, ticketId) {
      const regionId = (await loadTicket(reader, ticketId))?.ticket.regionId ?? "";
      return zoneOf(regionId === "" ? [] : await loadRegionPath(reader, regionId));
    },
    async pathOf(reader, ticketId) {
      const found = await loadTicket(reader, ticketId);
      return found && `/p/${found.ticket.progressCode}`;
    },
  };
}

/**
 * At a station when one is named and somebody of the role is there; else in the region or above it; else everybody of
 * the role who belongs to no place, so that no call for help goes unheard.
 */
async function staffIds(
  staff: readonly Staff[],
  { stationId, regionId }: Extract<Audience, { to: "role" }>,
  reader: Reader,
): Promise<string[]> {
  const ids = (some: readonly Staff[]) => some.map(({ personId }) => personId);
  if (stationId === undefined && regionId === undefined) return ids(staff);
  const atStation = staff.filter((one) => stationId !== undefined && one.stationId === stationId);
  if (atStation.length > 0) return ids(atStation);
  const above = regionId === undefined ? [] : await loadRegionPath(reader, regionId);
  for (const region of above.toReversed()) {
    const here = staff.filter(
      (one) => one.stationId === undefined && one.regionId === region.regionId,
    );
    if (here.length > 0) return ids(here);
  }
  const anywhere = staff.filter((one) => one.stationId === undefined && one.regionId === undefined);
  return ids(anywhere);
}

async function customerIds(
  reader: Reader,
  { customerId, ticketId, personId }: Extract<Audience, { to: "customer" }>,
  source: DirectorySource,
): Promise<readonly string[]> {
  if (personId !== undefined) return [personId];
  // Whoever called wants to hear; without a caller the customer's own contact does.
  const reporters = ticketId === undefined ? [] : await source.reportersOf(reader, ticketId);
  if (reporters.length > 0) return reporters;
  const file = customerId === "" ? undefined : await findFile(reader, customerKind, customerId);
  return file?.file.contactIds.slice(0, 1) ?? [];
}

function toRecipient({ personId, phone, email, language = DEFAULT_LANGUAGE }: Person): Recipient {
  return {
    personId,
    language,
    ...(phone === undefined ? {} : { phone }),
    ...(email === undefined ? {} : { email }),
  };
}
