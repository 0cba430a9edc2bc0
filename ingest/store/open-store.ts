import { createHash } from "node:crypto";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { Logger } from "@firebreak/kit/logger.ts";
import type { Journal } from "../journal/journal.ts";
import type { InfluxSecret } from "./influx/influx-client.ts";
import { openInfluxStore } from "./influx/influx-store.ts";
import { openSqliteStore, type SqliteStoreOptions } from "./sqlite/sqlite-store.ts";
import type { FollowingStore } from "./store.ts";
import type { InfluxTarget, TelemetryTarget } from "./telemetry-url.ts";

/** Where telemetry is kept and how to get in. */
export interface TelemetryAccess {
  readonly target: TelemetryTarget;
  readonly secret: InfluxSecret;
}

export type InfluxAccess = TelemetryAccess & { readonly target: InfluxTarget };

export type SealOptions = Pick<SqliteStoreOptions, "sealSamples" | "sealAfterMs" | "retainDays">;

export interface OpenStoreOptions {
  /** Default: a file in the data folder. */
  readonly access?: TelemetryAccess | undefined;
  readonly dataFolder: string;
  readonly journal: Journal;
  readonly log: Logger;
  /** Of the embedded store only. */
  readonly sqlite?: SealOptions | undefined;
}

/** Every store by its kind; a new one is a folder and a line here. @throws CodedError STORE_OPEN, BAD_CONFIGURATION */
export function openStore(options: OpenStoreOptions): Promise<FollowingStore> {
  const { dataFolder, journal, log, sqlite } = options;
  const { target, secret } = options.access ?? defaultAccess(dataFolder);
  const otherBooks = (own: string) => booksIn(dataFolder).filter((path) => path !== own);
  if (target.kind === "sqlite") {
    const { path } = target;
    return openSqliteStore({ path, journal, log, otherBooks: otherBooks(path), ...sqlite });
  }
  const statePath = influxStatePath(dataFolder, target);
  const books = otherBooks(statePath);
  if (books.length > 0 && !existsSync(statePath))
    log.warn(
      { stores: books },
      "what other stores of this hub hold stays there; `firebreak migrate-store` moves it",
    );
  return openInfluxStore({ target, secret, statePath, journal, log, otherBooks: books });
}

/** The files in which stores of this hub keep their books. */
const booksIn = (dataFolder: string): string[] =>
  readdirSync(dataFolder)
    .filter((name) => /^telemetry(-influxdb-\w+)?\.sqlite$/.test(name))
    .map((name) => join(dataFolder, name));

export const defaultAccess = (dataFolder: string): TelemetryAccess => ({
  target: { kind: "sqlite", path: join(dataFolder, "telemetry.sqlite") },
  secret: { none: true },
});

/** By the database's name: a server may move, and what is in it stays. */
export function influxStatePath(dataFolder: string, { org, database }: InfluxTarget): string {
  const name = createHash("sha256")
    .update(JSON.stringify([org, database]))
    .digest("hex");
  return join(dataFolder, `telemetry-influxdb-${name.slice(0, 12)}.sqlite`);
}
