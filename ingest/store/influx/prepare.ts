import { CodedError, errorCode } from "@firebreak/kit/coded-error.ts";
import { HttpError } from "@influxdata/influxdb-client";
import { describeTarget, type InfluxTarget } from "../telemetry-url.ts";
import type { InfluxClient } from "./influx-client.ts";
import { hourMeasurement, identifier, measurement } from "./line-protocol.ts";

/**
 * Makes what is missing and may be made: the database of 1.x and 3.x, the mapping that lets InfluxQL find a bucket of
 * 2.x. The bucket itself is its administrator's to make. Doing it again changes nothing.
 * Once it is there, the right to read and write is enough. @throws CodedError STORE_SETUP that says what to do
 */
export async function prepareInflux(
  client: Pick<InfluxClient, "query" | "call">,
  target: InfluxTarget,
): Promise<void> {
  if (target.version !== 3 && (await canBeRead(client))) return;
  if (target.version === 1) await client.query(`create database ${identifier(target.database)}`);
  else if (target.version === 2) await mapBucket(client, target);
  else await makeTable(client, target);
}

async function canBeRead(client: Pick<InfluxClient, "query">): Promise<boolean> {
  try {
    await client.query(`select value from ${measurement} limit 1`);
    return true;
  } catch (error) {
    if (errorCode(error) === "STORE_NOT_FOUND") return false;
    throw error;
  }
}

interface Bucket {
  readonly id: string;
  readonly orgID: string;
}

/** @see InfluxDB 2, database and retention policy mapping: `/api/v2/dbrps` */
async function mapBucket(
  client: Pick<InfluxClient, "call">,
  { org, database }: InfluxTarget,
): Promise<void> {
  const name = encodeURIComponent(database);
  const found = (await client.call(
    "GET",
    `/api/v2/buckets?org=${encodeURIComponent(org)}&name=${name}`,
  )) as { buckets?: readonly Bucket[] };
  const bucket = found.buckets?.[0];
  if (!bucket)
    throw setup(`there is no bucket ${database} in ${org}; make it, with the retention you want`);
  const { id: bucketID, orgID } = bucket;
  const mapped = (await client.call(
    "GET",
    `/api/v2/dbrps?orgID=${orgID}&bucketID=${bucketID}`,
  )) as { content?: readonly { database?: string; default?: boolean }[] };
  if (mapped.content?.some((one) => one.database === database && one.default)) return;
  await client.call("POST", "/api/v2/dbrps", {
    orgID,
    bucketID,
    database,
    retention_policy: "autogen",
    default: true,
  });
}

/** In 3.x the tags of a table are fixed when it is made, so the two are made with all of them. */
async function makeTable(
  client: Pick<InfluxClient, "call">,
  { database: db }: InfluxTarget,
): Promise<void> {
  await unlessThere(client.call("POST", "/api/v3/configure/database", { db }));
  const tags = ["machine", "repeat", "sa", "signal", "spn", "unit"];
  const tables = {
    [measurement]: { quality: "int64", value: "float64" },
    [hourMeasurement]: {
      ...{ count: "int64", errors: "int64", max: "float64", min: "float64", sum: "float64" },
      ...{ first: "float64", last: "float64" },
    },
  };
  for (const [table, types] of Object.entries(tables)) {
    const fields = Object.entries(types).map(([name, type]) => ({ name, type }));
    const body = { db, table, tags, fields };
    await unlessThere(client.call("POST", "/api/v3/configure/table", body));
  }
}

async function unlessThere(made: Promise<unknown>): Promise<void> {
  try {
    await made;
  } catch (error) {
    if (!(error instanceof HttpError) || error.statusCode !== 409) throw error;
  }
}

/** The database holds telemetry that this hub has no memory of. */
export const foreignSamples = (target: InfluxTarget): CodedError =>
  setup(
    `${describeTarget(target)} already holds telemetry that this data folder does not know; name an empty one, or put the folder's state of it back`,
  );

const setup = (message: string) => new CodedError("STORE_SETUP", message);
