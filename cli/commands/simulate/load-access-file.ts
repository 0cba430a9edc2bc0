import { readFileSync } from "node:fs";
import { CodedError, errorCode } from "@firebreak/kit/coded-error.ts";
import { writeFileDurably } from "@firebreak/kit/files.ts";
import type { LoadAccess } from "@firebreak/simulator/load/load-order.ts";

/** By what right a simulated fleet comes in, as a file of mode 0600 that goes to where the load is made. */
export interface AccessFile {
  readonly version: 1;
  /** First part of the ids of its gateways. */
  readonly name: string;
  readonly gateways: number;
  /** Of all of them; see `GatewayCredential.enrolment`. */
  readonly enrolment: string;
  /** Addresses of the hub, as it knows them itself. */
  readonly urls: readonly string[];
  readonly access: LoadAccess;
}

export function writeAccessFile(path: string, content: AccessFile): void {
  writeFileDurably(path, `${JSON.stringify(content)}\n`);
}

/** @throws CodedError BAD_CREDENTIALS_FILE */
export function readAccessFile(path: string): AccessFile {
  try {
    const content: unknown = JSON.parse(readFileSync(path, "utf8"));
    if (isAccessFile(content)) return content;
  } catch (error) {
    throw badFile(path, `cannot be read (${errorCode(error)})`, error);
  }
  throw badFile(path, "is no file that `firebreak simulate --enroll` made");
}

/** Undefined where there is none, or none that can be used. */
export function findAccessFile(path: string): AccessFile | undefined {
  try {
    return readAccessFile(path);
  } catch (error) {
    if (errorCode(error) === "BAD_CREDENTIALS_FILE") return undefined;
    throw error;
  }
}

/** Rough: `enrollFleet` made it, or it is another kind of file. */
function isAccessFile(content: unknown): content is AccessFile {
  if (typeof content !== "object" || content === null) return false;
  const { version, name, gateways, enrolment, urls, access } = content as Partial<AccessFile>;
  return (
    version === 1 &&
    typeof name === "string" &&
    typeof enrolment === "string" &&
    Number.isInteger(gateways) &&
    Array.isArray(urls) &&
    urls.every((url) => typeof url === "string") &&
    typeof access === "object"
  );
}

const badFile = (path: string, what: string, cause?: unknown) =>
  new CodedError("BAD_CREDENTIALS_FILE", `--credentials: ${path} ${what}.`, { cause });
