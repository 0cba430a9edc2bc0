import type { MultipartFile } from "@fastify/multipart";
import { exchangeConfig } from "@firebreak/tickets/exchange/exchange-config.ts";
import { fileTooLarge } from "@firebreak/tickets/exchange/sheet-tasks.ts";
import { mediaByteLimits, tooLarge } from "@firebreak/tickets/field/media-files.ts";
import type { MediaKind } from "@firebreak/tickets/field/media-type.ts";
import type { FastifyRequest } from "fastify";
import { HttpError } from "../api/error-reply.ts";

/** How long a sheet may take to arrive. */
export const sheetUploadMs = 5 * 60_000;
/** What surrounds the file in the body. */
const envelopeBytes = 64 * 1024;
/** How long a refused sender may go on, so that he hears why. */
const lingerMs = 5_000;

/** A photo or film, as it arrives; the store says where it is too large. */
export async function mediaIn(request: FastifyRequest, kind: MediaKind) {
  const limit = mediaByteLimits[kind];
  return (await fileIn(request, limit, () => tooLarge(kind, limit))).file;
}

/** A whole Excel or CSV file. */
export async function sheetIn(request: FastifyRequest): Promise<Buffer> {
  const { maxFileBytes } = exchangeConfig;
  const { file } = await fileIn(request, maxFileBytes, () => fileTooLarge(maxFileBytes));
  const chunks: Buffer[] = [];
  for await (const chunk of file) chunks.push(chunk);
  if (file.truncated) throw fileTooLarge(maxFileBytes);
  return Buffer.concat(chunks);
}

/** The one file of the body, whatever it is called: neither its name nor its declared type is used. */
async function fileIn(
  request: FastifyRequest,
  maxBytes: number,
  refusal: () => Error,
): Promise<MultipartFile> {
  if (Number(request.headers["content-length"] ?? 0) > maxBytes + envelopeBytes) throw refusal();
  if (!request.isMultipart())
    throw new HttpError("BAD_REQUEST", "send the file as multipart/form-data", "file");
  // One byte more than is allowed: the taker says why, not the parser.
  const limits = { fileSize: maxBytes + 1, files: 1, fields: 0, parts: 1, headerPairs: 20 };
  const part = await request.file({ limits, throwFileSizeLimit: false });
  if (part === undefined) throw new HttpError("BAD_REQUEST", "there is no file", "file");
  return part;
}

/** Takes what a body brings; after a refusal the rest of the body is of no use. */
export async function taking<Answer>(
  { raw }: FastifyRequest,
  take: () => Promise<Answer>,
): Promise<Answer> {
  try {
    return await take();
  } catch (error) {
    const timer = setTimeout(() => {
      if (!raw.complete) raw.destroy();
    }, lingerMs);
    raw.once("close", () => clearTimeout(timer));
    throw error;
  }
}
