import { createHash, randomBytes } from "node:crypto";
import { renameSync, rmSync, statSync } from "node:fs";
import { type FileHandle, mkdir, open, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { CodedError, errorCode } from "@firebreak/kit/coded-error.ts";
import { syncFolder } from "@firebreak/kit/files.ts";
import { fieldConfig } from "./field-config.ts";
import {
  headBytes,
  type MediaKind,
  type MediaMime,
  mimesOfKind,
  sniffMedia,
} from "./media-type.ts";
import { stripPhoto } from "./strip-photo.ts";
import { stripVideo } from "./strip-video.ts";

/** A file that lies whole and durable in the media folder; nobody sees it before a row names it. */
export interface StoredFile {
  /** Of the bytes as stored, hex. */
  readonly sha256: string;
  readonly kind: MediaKind;
  readonly mime: MediaMime;
  readonly bytes: number;
  readonly keepsPlace: boolean;
}

export interface MediaWish {
  readonly kind: MediaKind;
  /** The customer agreed that the place stays in the file; else it is taken out. */
  readonly keepsPlace?: boolean;
}

/** Files by content under one folder. Same bytes, same file. */
export interface MediaFiles {
  /**
   * @throws CodedError MEDIA_TYPE, MEDIA_TOO_LARGE, MEDIA_DAMAGED, MEDIA_EMPTY; MEDIA_BUSY is retryable. Nothing is left
   * of a refused file.
   */
  keep(stream: AsyncIterable<Uint8Array>, wish: MediaWish): Promise<StoredFile>;
  /** @throws CodedError MEDIA_LOST when a row's file is not in the folder */
  open(sha256: string): Promise<{ readonly file: FileHandle; readonly bytes: number }>;
  /** Removes what no row names and what was never finished, if older than `olderThanMs`; returns how many. */
  sweep(isNamed: (sha256: string) => Promise<boolean>, olderThanMs: number): Promise<number>;
}

export interface MediaLimits {
  readonly photoBytes: number;
  readonly videoBytes: number;
  readonly signatureBytes: number;
  readonly concurrentUploads: number;
}

const isDigest = /^[0-9a-f]{64}$/;

export function createMediaFiles(folder: string, limits: MediaLimits = fieldConfig): MediaFiles {
  const incoming = join(folder, "incoming");
  const shelfOf = (sha256: string) => join(folder, sha256.slice(0, 2));
  const pathOf = (sha256: string) => join(shelfOf(sha256), sha256);
  let receiving = 0;

  /** Under its final name, durable. It replaces an equal file that lies there, and so is too young to be swept away. */
  const shelve = async (temporary: string, sha256: string): Promise<void> => {
    await mkdir(shelfOf(sha256), { recursive: true });
    renameSync(temporary, pathOf(sha256));
    syncFolder(shelfOf(sha256));
    syncFolder(folder);
  };

  const receive = async (
    stream: AsyncIterable<Uint8Array>,
    { kind, keepsPlace = false }: MediaWish,
  ): Promise<StoredFile> => {
    await mkdir(incoming, { recursive: true });
    const temporary = join(incoming, randomBytes(12).toString("hex"));
    const file = await open(temporary, "wx+", 0o600);
    try {
      const limit = limitsOf(limits)[kind];
      const { mime, bytes: size } = await write(file, stream, { kind, limit });
      const bytes = keepsPlace ? size : await strip(file, { mime, size });
      const sha256 = await digestOf(file, bytes);
      await file.sync();
      await shelve(temporary, sha256);
      return { sha256, kind, mime, bytes, keepsPlace };
    } finally {
      await file.close();
      await rm(temporary, { force: true });
    }
  };

  return {
    async keep(stream, wish) {
      if (receiving >= limits.concurrentUploads)
        throw new CodedError("MEDIA_BUSY", "too many files are being received, try again shortly", {
          retryable: true,
        });
      receiving++;
      try {
        return await receive(stream, wish);
      } finally {
        receiving--;
      }
    },
    async open(sha256) {
      try {
        const file = await open(isDigest.test(sha256) ? pathOf(sha256) : "", "r");
        return { file, bytes: (await file.stat()).size };
      } catch (error) {
        throw lost(error);
      }
    },
    async sweep(isNamed, olderThanMs) {
      let removed = 0;
      for (const [shelf, name] of await filesOf(folder)) {
        const path = join(shelf, name);
        if (isDigest.test(name) && (await isNamed(name))) continue;
        // In one turn: an equal file may be shelved at any time.
        const { mtimeMs } = statSync(path, { throwIfNoEntry: false }) ?? {};
        if (mtimeMs === undefined || mtimeMs >= olderThanMs) continue;
        rmSync(path, { force: true });
        removed++;
      }
      return removed;
    },
  };
}

const lost = (cause: unknown) =>
  new CodedError("MEDIA_LOST", "the file is not in the media folder any more", { cause });

const limitsOf = (limits: MediaLimits): Readonly<Record<MediaKind, number>> => ({
  photo: limits.photoBytes,
  video: limits.videoBytes,
  signature: limits.signatureBytes,
});

/** Largest file of each kind, in bytes. */
export const mediaByteLimits = limitsOf(fieldConfig);

async function write(
  file: FileHandle,
  stream: AsyncIterable<Uint8Array>,
  { kind, limit }: { kind: MediaKind; limit: number },
): Promise<{ mime: MediaMime; bytes: number }> {
  let bytes = 0;
  let head = Buffer.alloc(0);
  let mime: MediaMime | undefined;
  for await (const chunk of stream) {
    bytes += chunk.length;
    if (bytes > limit) throw tooLarge(kind, limit);
    if (head.length < headBytes)
      head = Buffer.concat([head, chunk.subarray(0, headBytes - head.length)]);
    if (head.length === headBytes) mime ??= typeOf(head, kind);
    for (let at = 0; at < chunk.length; ) at += (await file.write(chunk, at)).bytesWritten;
  }
  if (bytes === 0) throw new CodedError("MEDIA_EMPTY", "the file is empty");
  return { mime: mime ?? typeOf(head, kind), bytes };
}

/** The limit of a kind was passed, or will be by what the sender announces. */
export const tooLarge = (kind: MediaKind, limit: number): CodedError =>
  new CodedError(
    "MEDIA_TOO_LARGE",
    `a ${kind} may have ${Math.floor(limit / 1024 / 1024)} MB at most; make it shorter or smaller`,
  );

function typeOf(head: Uint8Array, kind: MediaKind): MediaMime {
  const mime = sniffMedia(head);
  if (mime && mimesOfKind[kind].includes(mime)) return mime;
  const names = mimesOfKind[kind].map((one) => one.split("/")[1]).join(", ");
  throw new CodedError("MEDIA_TYPE", `this is no ${kind} that is taken here; send ${names}`);
}

/** Takes tags out of the file; returns its new size. */
async function strip(
  file: FileHandle,
  { mime, size }: { mime: MediaMime; size: number },
): Promise<number> {
  if (mime === "video/mp4" || mime === "video/quicktime") await stripVideo(file, size);
  if (mime.startsWith("video/")) return size;
  const bytes = Buffer.alloc(size);
  await file.read(bytes, 0, size, 0);
  const stripped = stripPhoto(bytes, mime);
  await file.truncate(stripped.length);
  for (let at = 0; at < stripped.length; )
    at += (await file.write(stripped, at, stripped.length - at, at)).bytesWritten;
  return stripped.length;
}

async function digestOf(file: FileHandle, size: number): Promise<string> {
  const hash = createHash("sha256");
  const piece = Buffer.alloc(Math.min(size, 256 * 1024));
  for (let at = 0; at < size; ) {
    const { bytesRead } = await file.read(piece, 0, piece.length, at);
    if (bytesRead === 0) break;
    hash.update(piece.subarray(0, bytesRead));
    at += bytesRead;
  }
  return hash.digest("hex");
}

/** Every file one folder deep; none when the media folder is not there yet. */
async function filesOf(folder: string): Promise<[shelf: string, name: string][]> {
  const found: [string, string][] = [];
  for (const shelf of await namesIn(folder))
    for (const name of await namesIn(join(folder, shelf))) found.push([join(folder, shelf), name]);
  return found;
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (errorCode(error) === "ENOENT" || errorCode(error) === "ENOTDIR") return [];
    throw error;
  }
}
