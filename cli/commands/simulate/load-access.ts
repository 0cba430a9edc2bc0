import { join, resolve } from "node:path";
import { CodedError } from "@firebreak/kit/coded-error.ts";
import { readBrokerAccess, readHubFile } from "../../hub/hub-files.ts";
import { enrollFleet, isStillEnrolled } from "./enroll-fleet.ts";
import {
  type AccessFile,
  findAccessFile,
  readAccessFile,
  writeAccessFile,
} from "./load-access-file.ts";

export interface AccessRequest {
  readonly data: string;
  readonly name: string;
  readonly gateways: number;
  readonly mtls: boolean;
  readonly hub?: readonly string[];
  readonly credentials?: string;
  /** Where the credentials are written to; absent: beside the data folder. */
  readonly enroll?: string;
  readonly say: (sentence: string) => void;
}

/**
 * Where the hub is and by what right the fleet comes in. The hub of a data folder on this computer needs no file:
 * whoever may write that folder may enrol gateways anyway. What was enrolled is used again while the hub knows it.
 * @throws CodedError HUB_NOT_FOUND, BAD_CREDENTIALS_FILE, and those of `enrollFleet`
 */
export async function findAccess(request: AccessRequest): Promise<AccessFile> {
  const { hub, credentials, gateways } = request;
  if (credentials === undefined) return withHubOf(request);
  const file = readAccessFile(credentials);
  if (file.gateways < gateways)
    throw new CodedError(
      "BAD_CREDENTIALS_FILE",
      `--credentials: ${credentials} holds ${file.gateways} gateways, fewer than the ${gateways} asked for.`,
    );
  return hub ? { ...file, urls: hub } : file;
}

async function withHubOf(request: AccessRequest): Promise<AccessFile> {
  const { data, name, gateways, mtls, enroll, say } = request;
  const hub = readHubFile(data);
  if (hub === undefined)
    throw new CodedError(
      "HUB_NOT_FOUND",
      `No hub is running on ${data}: there is no hub.json in it. Start one with \`firebreak hub --data ${data}\`, ` +
        "or name one elsewhere with --hub and --credentials.",
    );
  const path = enroll ?? join(`${resolve(data)}-gateways`, "load", `${name}.json`);
  const known = enroll === undefined ? findAccessFile(path) : undefined;
  const isOfKind = (known?.access.certificates !== undefined) === mtls;
  if (known && isOfKind && known.gateways >= gateways && isStillEnrolled(data, known, gateways))
    return { ...known, urls: [mtls ? (hub.mqtts ?? hub.mqtt) : hub.mqtt] };
  say(`enrolling ${gateways} gateways, ${name}-00001 and on`);
  const made = await enrollFleet({
    ...{ data, hub, name, gateways, kind: mtls ? "certificate" : "password" },
    onProgress: (done) => {
      if (done % 1_000 === 0) say(`${done} certificates are made`);
    },
  });
  const broker = hub.externalBroker ? readBrokerAccess(data) : undefined;
  const file = broker ? { ...made, ...throughBroker(made, broker) } : made;
  writeAccessFile(path, file);
  return file;
}

/** A broker of the user's own knows users of its own: the fleet shares the hub's. */
function throughBroker(
  { access }: AccessFile,
  { url, username, password }: { url: string; username?: string; password?: string },
): Pick<AccessFile, "urls" | "access"> {
  const user = username === undefined ? {} : { username };
  const secret = password === undefined ? {} : { password };
  const { ca } = access;
  return { urls: [url], access: { ...(ca === undefined ? {} : { ca }), ...user, ...secret } };
}
