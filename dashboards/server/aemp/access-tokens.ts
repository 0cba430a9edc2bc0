import { createHash, randomBytes } from "node:crypto";
import type { Clock } from "@firebreak/kit/clock.ts";

/** How long an access token is good for, s. */
export const tokenLifeSeconds = 3_600;
const maxPerClient = 10;

interface Issued {
  readonly hash: string;
  readonly endsMs: number;
}

/**
 * Access tokens of clients, in memory: a hub that starts again asks clients to fetch new ones. Of a client's tokens the
 * newest ten count.
 */
export class AccessTokens {
  readonly #clock: Clock;
  readonly #byHash = new Map<string, { readonly clientId: string; readonly endsMs: number }>();
  readonly #byClient = new Map<string, Issued[]>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  issue(clientId: string): string {
    const token = randomBytes(32).toString("base64url");
    const issued = { hash: hashOf(token), endsMs: this.#now() + tokenLifeSeconds * 1_000 };
    const all = [...(this.#byClient.get(clientId) ?? []), issued];
    const kept = all.filter(({ endsMs }) => endsMs > this.#now()).slice(-maxPerClient);
    for (const { hash } of all)
      if (!kept.some((one) => one.hash === hash)) this.#byHash.delete(hash);
    this.#byClient.set(clientId, kept);
    this.#byHash.set(issued.hash, { clientId, endsMs: issued.endsMs });
    return token;
  }

  /** The client a token was given to; undefined when it is unknown or has ended. */
  clientOf(token: string): string | undefined {
    const issued = this.#byHash.get(hashOf(token));
    return issued !== undefined && issued.endsMs > this.#now() ? issued.clientId : undefined;
  }

  #now(): number {
    return this.#clock.monotonicMs();
  }
}

const hashOf = (token: string): string => createHash("sha256").update(token).digest("base64url");
