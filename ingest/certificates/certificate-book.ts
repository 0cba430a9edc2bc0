import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { CodedError, errorCode } from "@firebreak/kit/coded-error.ts";
import { writeFileDurably } from "@firebreak/kit/files.ts";
import { Type } from "typebox";
import { Check } from "typebox/value";

export interface IssuedCertificate {
  /** Lower-case hex. */
  readonly serial: string;
  /** SHA-256 of its public key: asked for again with one key, it replaces itself and pushes nothing out. */
  readonly keyHash: string;
  readonly issuedAt: string;
  readonly notAfter: string;
}

/** What certificates a gateway was given, `<data>/certificates/<name>.json`; only the running hub writes it. */
export interface CertificateRecord {
  readonly gatewayId: string;
  /** The enrolment they were given for: a new enrolment ends all of the one before. */
  readonly enrolment: string;
  /** Of the device. */
  readonly serialNumber: string;
  /** Newest first; the two newest count, so that the old one works until the new one has. */
  readonly issued: readonly IssuedCertificate[];
}

const RecordSchema = Type.Object({
  gatewayId: Type.String(),
  enrolment: Type.String(),
  serialNumber: Type.String(),
  issued: Type.Array(
    Type.Object({
      serial: Type.String(),
      keyHash: Type.String(),
      issuedAt: Type.String(),
      notAfter: Type.String(),
    }),
  ),
});
const accepted = 2;

export interface CertificateBook {
  of(gatewayId: string): CertificateRecord | undefined;
  /** The other gateway that a device already is; undefined when it is none. */
  ownerOf(serialNumber: string, exceptGatewayId: string): string | undefined;
  /** Enters a new certificate before it is given out; durable. */
  enter(
    identity: Omit<CertificateRecord, "issued">,
    certificate: IssuedCertificate,
  ): CertificateRecord;
}

/** Reads every record at the start: a few hundred bytes for each gateway. @throws CodedError BAD_CERTIFICATE_RECORD */
export function openCertificateBook(dataFolder: string): CertificateBook {
  const folder = join(dataFolder, "certificates");
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const records = new Map<string, CertificateRecord>();
  for (const name of readdirSync(folder).filter((one) => one.endsWith(".json"))) {
    const record = readRecord(join(folder, name));
    records.set(record.gatewayId, record);
  }
  return {
    of: (gatewayId) => records.get(gatewayId),
    ownerOf(serialNumber, exceptGatewayId) {
      for (const record of records.values())
        if (record.serialNumber === serialNumber && record.gatewayId !== exceptGatewayId)
          return record.gatewayId;
      return undefined;
    },
    enter(identity, certificate) {
      const known = records.get(identity.gatewayId);
      const issued = known?.enrolment === identity.enrolment ? known.issued : [];
      const before = issued.filter(({ keyHash }) => keyHash !== certificate.keyHash);
      const record = { ...identity, issued: [certificate, ...before].slice(0, accepted) };
      const path = join(folder, `${fileNameOf(identity.gatewayId)}.json`);
      writeFileDurably(path, `${JSON.stringify(record, null, 2)}\n`);
      records.set(identity.gatewayId, record);
      return record;
    },
  };
}

function readRecord(path: string): CertificateRecord {
  try {
    const record: unknown = JSON.parse(readFileSync(path, "utf8"));
    if (Check(RecordSchema, record)) return record;
  } catch (error) {
    throw badRecord(path, error);
  }
  throw new CodedError("BAD_CERTIFICATE_RECORD", `${path}: is no record of certificates`);
}

const badRecord = (path: string, cause: unknown) =>
  new CodedError(
    "BAD_CERTIFICATE_RECORD",
    `${path}: cannot be read (${errorCode(cause)}); restore it from a backup, or remove it and enrol that gateway again`,
    { cause },
  );

/** Ids may hold anything that a file name may not. */
const fileNameOf = (gatewayId: string) =>
  createHash("sha256").update(gatewayId).digest("hex").slice(0, 32);
