import { CodedError } from "@firebreak/kit/coded-error.ts";
import type { Affiliation, Role } from "@firebreak/kit/roles.ts";
import type { UserRecord } from "../ports.ts";

/** What may be changed of a user; what is left out stays. */
export interface UserChange {
  readonly role?: Role;
  /** The whole of it: what it leaves out is taken away. */
  readonly affiliation?: Affiliation;
  readonly isDisabled?: boolean;
  readonly passwordHash?: string;
  /** Who was logged in is not any more, but for the session with this hash. */
  readonly endSessions?: { readonly except: string | null };
}

/**
 * A user after a change. `others`: all users but this one.
 * @throws CodedError USER_UNKNOWN (404), USER_LAST_ADMIN (409): somebody must be left who can write users
 */
export function changedUser(
  user: UserRecord | undefined,
  others: readonly UserRecord[],
  { change, at }: { readonly change: UserChange; readonly at: string },
): UserRecord {
  if (user === undefined) throw new CodedError("USER_UNKNOWN", "there is no such user");
  const { username, passwordHash, role, disabledAt, ...affiliation } = user;
  const isDisabled = change.isDisabled ?? disabledAt !== undefined;
  const changed: UserRecord = {
    ...(change.affiliation ?? affiliation),
    username,
    role: change.role ?? role,
    passwordHash: change.passwordHash ?? passwordHash,
    ...(isDisabled ? { disabledAt: disabledAt ?? at } : {}),
  };
  if (isAdmin(user) && !isAdmin(changed) && !others.some(isAdmin))
    throw new CodedError("USER_LAST_ADMIN", "this is the last administrator who can log in");
  return changed;
}

/** Who may write users, and can log in to do it. */
export const isAdmin = ({ role, disabledAt }: UserRecord): boolean =>
  role === "admin" && disabledAt === undefined;
