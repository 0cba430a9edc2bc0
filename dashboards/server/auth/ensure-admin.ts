import { randomBytes } from "node:crypto";
import type { UserStore } from "../ports.ts";
import { hashPassword } from "./passwords.ts";
import { isAdmin } from "./user-changes.ts";

/**
 * Creates the user `admin` with a random password where no administrator can log in: at the first start, or after the
 * row of the last one was deleted by hand. Returns that password, once, for printing; undefined on every other start.
 * It is stored nowhere.
 */
export async function ensureAdmin(users: UserStore): Promise<string | undefined> {
  if ((await users.list()).some(isAdmin)) return undefined;
  const password = randomBytes(12).toString("base64url");
  const passwordHash = await hashPassword(password);
  await users.add({ username: "admin", role: "admin", passwordHash });
  return password;
}
