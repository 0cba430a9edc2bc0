import { createHash, randomBytes } from "node:crypto";
import type { Clock } from "@firebreak/kit/clock.ts";
import type { UserRecord, UserStore } from "../ports.ts";

export const sessionCookie = "firebreak_session";
const idleMs = 12 * 3_600_000;
const longestMs = 7 * 24 * 3_600_000;
const touchEveryMs = 60_000;

const hashOf = (value: string): string => createHash("sha256").update(value).digest("hex");

/** Server-side sessions: the browser holds a random value, the store its hash. The role is read anew each time. */
export class Sessions {
  readonly #users: UserStore;
  readonly #clock: Clock;

  constructor(users: UserStore, clock: Clock) {
    this.#users = users;
    this.#clock = clock;
  }

  /** The value for the cookie. */
  async open(username: string): Promise<string> {
    const value = randomBytes(32).toString("base64url");
    const nowMs = this.#clock.nowMs();
    await this.#users.removeSessionsUnusedSince(nowMs - idleMs);
    const times = { createdAtMs: nowMs, lastUsedAtMs: nowMs };
    await this.#users.addSession({ idHash: hashOf(value), username, ...times });
    return value;
  }

  /** Whose session it is; undefined when it is unknown, too old, or the user is gone or disabled. */
  async userOf(value: string): Promise<UserRecord | undefined> {
    const session = await this.#users.findSession(hashOf(value));
    if (session === undefined) return undefined;
    const nowMs = this.#clock.nowMs();
    const unusedMs = nowMs - session.lastUsedAtMs;
    if (unusedMs > idleMs || nowMs - session.createdAtMs > longestMs) {
      await this.#users.removeSession(session.idHash);
      return undefined;
    }
    if (unusedMs > touchEveryMs) await this.#users.touchSession(session.idHash, nowMs);
    const user = await this.#users.find(session.username);
    return user?.disabledAt === undefined ? user : undefined;
  }

  /** What the store knows the session by. */
  hashOf(value: string): string {
    return hashOf(value);
  }

  close(value: string): Promise<void> {
    return this.#users.removeSession(hashOf(value));
  }
}
