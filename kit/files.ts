import { randomBytes } from "node:crypto";
import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { errorCode } from "./coded-error.ts";

/** Replaces a file in one step and makes it survive a power cut: readers see the old or the new text, never a part. */
export function writeFileDurably(path: string, text: string | Uint8Array, mode = 0o600): void {
  mkdirSync(dirname(path), { recursive: true });
  const temporary = `${path}.${randomBytes(4).toString("hex")}.tmp`;
  const file = openSync(temporary, "wx", mode);
  try {
    try {
      const bytes = typeof text === "string" ? Buffer.from(text) : text;
      for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
  } catch (error) {
    // Whoever tries again on a full disk must not fill it with empty files.
    rmSync(temporary, { force: true });
    throw error;
  }
  syncFolder(dirname(path));
}

const diskTroubles: ReadonlySet<string> = new Set(["EROFS", "ENOSPC", "EDQUOT", "EIO"]);

/** Whether a disk is read-only, full or broken; a missing right is a mistake of the installation, not of the disk. */
export const isDiskTrouble = (error: unknown): boolean => diskTroubles.has(errorCode(error));

/**
 * Makes a folder and those above it; one that is there is fine.
 * @throws the system's error, EROFS where Node says ENOENT for want of a disk that can be written
 */
export function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    if (errorCode(error) === "ENOENT") accessSync(nearestFolder(folder), constants.W_OK);
    throw error;
  }
}

/** A path itself, or the nearest folder above it that is there. */
export const nearestFolder = (path: string): string =>
  existsSync(path) ? path : nearestFolder(dirname(path));

/** Makes a folder, unless the disk takes nothing; then it is made by whoever writes into it once the disk does. */
export function makeFolderIfPossible(folder: string): void {
  try {
    makeFolder(folder);
  } catch (error) {
    if (!isDiskTrouble(error)) throw error;
  }
}

/** Makes the names in a folder (created, renamed, removed files) survive a power cut. */
export function syncFolder(folder: string): void {
  const handle = openSync(join(folder), "r");
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
