import { randomBytes } from "node:crypto";
import type { Clock } from "@firebreak/kit/clock.ts";
import type { Affiliation, Role } from "@firebreak/kit/roles.ts";
import { HttpError } from "../api/error-reply.ts";
import type { UserRecord, UserStore } from "../ports.ts";
import { checkPassword, hashPassword } from "./passwords.ts";
import type { Sessions } from "./sessions.ts";
import type { UserChange } from "./user-changes.ts";

/** A user with a password that was made for him: shown once, stored nowhere. */
export interface NewPassword {
  readonly user: UserRecord;
  readonly password: string;
}

/** Shorter ones are refused; what counts is the length (NIST SP 800-63B, 5.1.1.2). */
const shortestPassword = 12;

const newPassword = (): string => randomBytes(12).toString("base64url");

/** What administrators do to users, and everybody to the own password. Every change counts from the next request on. */
export function createAccounts(
  users: UserStore,
  { clock, sessions }: { readonly clock: Clock; readonly sessions: Pick<Sessions, "forget"> },
) {
  const change = async (username: string, what: UserChange): Promise<UserRecord> => {
    sessions.forget(username);
    const changed = await users.change(username, what, new Date(clock.nowMs()).toISOString());
    sessions.forget(username);
    return changed;
  };
  const everywhere = { endSessions: { except: null } };

  return {
    /** @throws CodedError USER_EXISTS (409) */
    async add(username: string, role: Role, affiliation: Affiliation): Promise<NewPassword> {
      const password = newPassword();
      const user = { ...affiliation, username, role, passwordHash: await hashPassword(password) };
      await users.add(user);
      return { user, password };
    },
    assign: (username: string, role: Role, affiliation: Affiliation) =>
      change(username, { role, affiliation }),
    disable: (username: string) => change(username, { isDisabled: true, ...everywhere }),
    enable: (username: string) => change(username, { isDisabled: false }),
    async resetPassword(username: string): Promise<NewPassword> {
      const password = newPassword();
      const passwordHash = await hashPassword(password);
      return { user: await change(username, { passwordHash, ...everywhere }), password };
    },
    /**
     * `sessionHash`: the session that asks, which goes on; all others of the user end.
     * @throws HttpError WRONG_CREDENTIALS (401), PASSWORD_WEAK (400)
     */
    async changePassword(
      username: string,
      { current, next, sessionHash }: Record<"current" | "next" | "sessionHash", string>,
    ): Promise<void> {
      const user = await users.find(username);
      if (!(await checkPassword(current, user?.passwordHash)))
        throw new HttpError("WRONG_CREDENTIALS", "the current password is wrong", "current");
      const isWeak = next.length < shortestPassword || next === current || next === username;
      if (isWeak)
        throw new HttpError(
          "PASSWORD_WEAK",
          `at least ${shortestPassword} characters, and not what it was`,
          "next",
        );
      const passwordHash = await hashPassword(next);
      await change(username, { passwordHash, endSessions: { except: sessionHash } });
    },
  };
}
