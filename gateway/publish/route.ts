import { lookup as systemLookup } from "node:dns/promises";
import { readFileSync } from "node:fs";
import { isIP } from "node:net";
import { CodedError, errorCode } from "@firebreak/kit/coded-error.ts";
import { writeFileDurably } from "@firebreak/kit/files.ts";
import type { BrokerAddress, LinkAccess } from "./mqtt-link.ts";

/** Says where the next try goes, and learns from how it ended. */
export interface Route {
  /** @throws CodedError CANNOT_RESOLVE (retryable) when no name leads anywhere */
  next(): Promise<BrokerAddress>;
  /** The try failed. True: there is another address that was not tried in this round; go on at once. */
  failed(): boolean;
  /** The whole way has worked: this address comes first from now on. */
  worked(): void;
}

export interface RouteOptions {
  /** mqtt://host:port or mqtts://host:port, the preferred one first. */
  readonly urls: readonly string[];
  /** Asked for at every try. */
  readonly access: () => LinkAccess;
  /** Where the last good address is kept over restarts; absent: in memory only. */
  readonly memoryFile?: string;
  /** Addresses of a name; default: the system's resolver. */
  readonly lookup?: (host: string) => Promise<readonly string[]>;
}

interface LastGood {
  readonly url: string;
  readonly dial: string;
}

const maxAddresses = 8;
const lookupMs = 10_000;

/** One address that answers differently each time, and nothing to choose from. */
const askedRoute = (ask: () => Promise<BrokerAddress>): Route => ({
  next: ask,
  failed: () => false,
  worked() {},
});

/**
 * Tries every address of every broker in turn, the last good one first. IP addresses are tried one by one, so that a
 * family that leads nowhere costs one timeout and no more. When a name cannot be resolved, or over TLS resolves to
 * something else, the address it had when all worked is tried as well: there the certificate tells right from wrong.
 */
export function createRoute(options: RouteOptions): Route {
  const { urls, access, memoryFile, lookup = lookupAll } = options;
  let lastGood = memoryFile === undefined ? undefined : readMemory(memoryFile);
  let round: LastGood[] = [];
  let current: LastGood | undefined;

  const addressesOf = async (url: string): Promise<readonly string[]> => {
    const host = hostOf(url);
    if (isIP(host)) return [host];
    const known = lastGood?.url === url ? [lastGood.dial] : [];
    try {
      const found = interleave(await within(lookup(host), lookupMs)).slice(0, maxAddresses);
      const isStill = known.some((address) => found.includes(address));
      if (isStill) return [...known, ...found.filter((address) => !known.includes(address))];
      return url.startsWith("mqtts:") ? [...found, ...known] : found;
    } catch (error) {
      if (known.length > 0) return known;
      throw cannotResolve(host, error);
    }
  };

  const newRound = async (): Promise<LastGood[]> => {
    const ordered = [...urls].sort(
      (a, b) => Number(b === lastGood?.url) - Number(a === lastGood?.url),
    );
    const found = await Promise.allSettled(
      ordered.map(async (url) => (await addressesOf(url)).map((dial) => ({ url, dial }))),
    );
    const candidates = found.flatMap((one) => (one.status === "fulfilled" ? one.value : []));
    const failure = found.find((one) => one.status === "rejected");
    if (candidates.length === 0 && failure) throw failure.reason;
    return candidates;
  };

  return {
    async next() {
      if (round.length === 0) round = await newRound();
      current = round.shift();
      if (current === undefined)
        throw new CodedError("CANNOT_RESOLVE", "no broker is configured", { retryable: true });
      return { ...access(), ...current };
    },
    failed: () => round.length > 0,
    worked() {
      round = [];
      if (current === undefined) return;
      const isNews = current.url !== lastGood?.url || current.dial !== lastGood.dial;
      lastGood = current;
      if (isNews && memoryFile !== undefined) writeMemory(memoryFile, current);
    },
  };
}

/** One address, a function that is asked for it, or a route as it is. */
export function routeOf(address: BrokerAddress | (() => Promise<BrokerAddress>) | Route): Route {
  if (typeof address === "function") return askedRoute(address);
  if ("next" in address) return address;
  const { url, ...access } = address;
  return createRoute({ urls: [url], access: () => access });
}

const cannotResolve = (host: string, cause: unknown) =>
  new CodedError("CANNOT_RESOLVE", `cannot resolve ${host} (${errorCode(cause)})`, {
    retryable: true,
    cause,
  });

const lookupAll = async (host: string): Promise<readonly string[]> =>
  (await systemLookup(host, { all: true, verbatim: true })).map(({ address }) => address);

/** Without the brackets of an IPv6 address. */
export const hostOf = (url: string): string => new URL(url).hostname.replace(/^\[|\]$/g, "");

/** The families in turn, in the order in which they came. */
function interleave(addresses: readonly string[]): string[] {
  const first = isIP(addresses[0] ?? "");
  const same = addresses.filter((address) => isIP(address) === first);
  const other = addresses.filter((address) => isIP(address) !== first);
  return Array.from({ length: Math.max(same.length, other.length) }, (_, at) => [
    ...same.slice(at, at + 1),
    ...other.slice(at, at + 1),
  ]).flat();
}

async function within<Value>(promise: Promise<Value>, limitMs: number): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(
      () => reject(Object.assign(new Error("no answer"), { code: "ETIMEOUT" })),
      limitMs,
    );
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Whatever is wrong with it: without a memory the first try takes the usual way. */
function readMemory(path: string): LastGood | undefined {
  try {
    const { url, dial } = JSON.parse(readFileSync(path, "utf8")) as Partial<LastGood>;
    return typeof url === "string" && typeof dial === "string" && isIP(dial)
      ? { url, dial }
      : undefined;
  } catch {
    return undefined;
  }
}

function writeMemory(path: string, lastGood: LastGood): void {
  try {
    writeFileDurably(path, `${JSON.stringify(lastGood)}\n`);
  } catch {
    // A full or read-only disk: it is only a hint, and the next good connection tries again.
  }
}
