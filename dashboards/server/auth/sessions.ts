import { createHash, randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Clock } from "@firebreak/kit/clock.ts";
import { CodedError, errorCode } from "@firebreak/kit/coded-error.ts";
import type { UserRecord, UserStore } from "../ports.ts";

export const sessionCookie = "firebreak_session";
const idleMs = 12 * 3_600_000;
const longestMs = 7 * 24 * 3_600_000;
const touchEveryMs = 60_000;
/** How long after the store last vouched for a session it may still read while the store does not answer. */
const rememberMs = 30 * 60_000;
const mostRemembered = 10_000;
/** How long the store is waited for where somebody is remembered. */
const patienceMs = 2_000;

const hashOf = (value: string): string => createHash("sha256").update(value).digest("hex");

interface Remembered {
  readonly user: UserRecord;
  readonly atMs: number;
}

/** Server-side sessions: the browser holds a random value, the store its hash. The role is read anew each time. */
export class Sessions {
  readonly #remembered = new Map<string, Remembered>();
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

  /**
   * The same for who only reads: while the store does not answer, as it was when it did, so that people who are logged
   * in go on seeing what is in memory. @throws CodedError of the database for one who is not remembered
   */
  async readerOf(value: string): Promise<UserRecord | undefined> {
    const idHash = hashOf(value);
    const known = this.#remembered.get(idHash);
    const found = this.userOf(value);
    if (known === undefined || this.#clock.monotonicMs() - known.atMs > rememberMs) return found;
    const late = sleep(patienceMs, undefined, { ref: false }).then(() => {
      throw new CodedError("DATABASE_BUSY", "the database does not answer");
    });
    try {
      return await Promise.race([found, late]);
    } catch (error) {
      if (!errorCode(error).startsWith("DATABASE_")) throw error;
      // Forgotten meanwhile, or changed: whoever did so is right.
      return this.#remembered.get(idHash)?.user;
    } finally {
      late.catch(() => undefined);
      found.catch(() => undefined);
    }
  }

  /** A user who was changed is looked up anew. */
  forget(username: string): void {
    for (const [idHash, { user }] of this.#remembered)
      if (user.username === username) this.#remembered.delete(idHash);
  }

  #remember(idHash: string, user: UserRecord | undefined): void {
    this.#remembered.delete(idHash);
    if (user === undefined) return;
    this.#remembered.set(idHash, { user, atMs: this.#clock.monotonicMs() });
    if (this.#remembered.size > mostRemembered)
      this.#remembered.delete(this.#remembered.keys().next().value ?? "");
  }

  /** Whose session it is; undefined when it is unknown, too old, or the user is gone or disabled. */
  async userOf(value: string): Promise<UserRecord | undefined> {
    const user = await this.#look(value);
    this.#remember(hashOf(value), user);
    return user;
  }

  async #look(value: string): Promise<UserRecord | undefined> {
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
    this.#remembered.delete(hashOf(value));
    return this.#users.removeSession(hashOf(value));
  }
}
