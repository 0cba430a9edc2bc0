import { CodedError } from "@firebreak/kit/coded-error.ts";
import type { Database, Transaction } from "@firebreak/kit/database.ts";
import { type Static, Type } from "typebox";
import type { ServiceWork } from "../service-work.ts";
import { closed, Instant, literals } from "../vocabulary.ts";
import { fieldConfig } from "./field-config.ts";
import type { FieldTables } from "./field-tables.ts";
import type { StoredFile } from "./media-files.ts";
import { mediaKinds, mediaMimes } from "./media-type.ts";

type Reader = Pick<Database | Transaction, "tables">;

export const mediaPurposes = [
  "intake",
  "site",
  "report",
  "checklist",
  "survey",
  "signature",
] as const;

export const Media = Type.Object(
  {
    mediaId: Type.String({ minLength: 1 }),
    ticketId: Type.String({ minLength: 1 }),
    kind: literals(mediaKinds),
    purpose: literals(mediaPurposes),
    mime: literals(mediaMimes),
    bytes: Type.Integer({ minimum: 1 }),
    sha256: Type.String({ description: "of the bytes as stored, hex" }),
    uploader: Type.String({ description: "user id, or `customer`" }),
    keepsPlace: Type.Boolean({ description: "consented: the file may say where it was taken" }),
    at: Instant,
  },
  closed,
);
export type Media = Static<typeof Media>;

export interface MediaFor {
  readonly ticketId: string;
  readonly purpose: Media["purpose"];
}

/**
 * Second step of taking a file in: the row, in the transaction of what it belongs to. The same file of the same ticket
 * and purpose is one row.
 * @throws CodedError MEDIA_TICKET_FULL
 */
export async function addMedia(
  { tx, actor, at, ids }: ServiceWork,
  file: StoredFile,
  { ticketId, purpose }: MediaFor,
): Promise<Media> {
  const media = await mediaOf(tx, ticketId);
  const known = media.find((one) => one.sha256 === file.sha256 && one.purpose === purpose);
  if (known) return known;
  const bytes = media.reduce((sum, one) => sum + one.bytes, file.bytes);
  if (media.length >= fieldConfig.ticketFiles || bytes > fieldConfig.ticketBytes)
    throw new CodedError(
      "MEDIA_TICKET_FULL",
      `${ticketId} holds ${media.length} files already; a ticket may hold ${fieldConfig.ticketFiles} files and ${fieldConfig.ticketBytes / 1024 / 1024} MB`,
    );
  const { sha256, kind, mime, keepsPlace } = file;
  const row = {
    media_id: ids.rowId(),
    sha256,
    kind,
    purpose,
    mime,
    bytes: file.bytes,
    ticket_id: ticketId,
    uploader: actor.id,
    keeps_place: keepsPlace ? 1 : 0,
    at,
  };
  await tx.tables<FieldTables>().insertInto("media").values(row).execute();
  return mediaOfRow(row);
}

/** Of one ticket, oldest first. */
export async function mediaOf(reader: Reader, ticketId: string): Promise<Media[]> {
  const rows = await reader
    .tables<FieldTables>()
    .selectFrom("media")
    .selectAll()
    .where("ticket_id", "=", ticketId)
    .orderBy("at")
    .orderBy("media_id")
    .execute();
  return rows.map(mediaOfRow);
}

/** @throws CodedError MEDIA_UNKNOWN */
export async function requireMedia(reader: Reader, mediaId: string): Promise<Media> {
  const row = await reader
    .tables<FieldTables>()
    .selectFrom("media")
    .selectAll()
    .where("media_id", "=", mediaId)
    .executeTakeFirst();
  if (!row) throw new CodedError("MEDIA_UNKNOWN", `there is no file ${mediaId}`);
  return mediaOfRow(row);
}

export async function isMediaNamed(reader: Reader, sha256: string): Promise<boolean> {
  const row = await reader
    .tables<FieldTables>()
    .selectFrom("media")
    .select("media_id")
    .where("sha256", "=", sha256)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/**
 * References of reports and answers must be files of the same ticket.
 * @throws CodedError MEDIA_UNKNOWN
 */
export async function requireMediaOf(
  reader: Reader,
  ticketId: string,
  mediaIds: readonly string[],
): Promise<void> {
  if (mediaIds.length === 0) return;
  const known = new Set((await mediaOf(reader, ticketId)).map(({ mediaId }) => mediaId));
  const missing = mediaIds.filter((mediaId) => !known.has(mediaId));
  if (missing.length > 0)
    throw new CodedError(
      "MEDIA_UNKNOWN",
      `${ticketId} has no file ${missing.join(", ")}: send the files first`,
    );
}

const mediaOfRow = (row: FieldTables["media"]): Media => ({
  mediaId: row.media_id,
  ticketId: row.ticket_id,
  kind: row.kind as Media["kind"],
  purpose: row.purpose as Media["purpose"],
  mime: row.mime as Media["mime"],
  bytes: Number(row.bytes),
  sha256: row.sha256,
  uploader: row.uploader,
  keepsPlace: row.keeps_place === 1,
  at: row.at,
});
