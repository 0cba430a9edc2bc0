import { randomBytes } from "node:crypto";
import type { UserStore } from "../ports.ts";
import { hashPassword } from "./passwords.ts";

/**
 * Creates the user `admin` with a random password where no user exists yet. Returns that password, once, for printing;
 * undefined on every later start. It is stored nowhere.
 */
export async function ensureAdmin(users: UserStore): Promise<string | undefined> {
  if ((await users.count()) > 0) return undefined;
  const password = randomBytes(12).toString("base64url");
  const passwordHash = await hashPassword(password);
  await users.add({ username: "admin", role: "admin", passwordHash });
  return password;
}
