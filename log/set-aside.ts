import { existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import type { Disk } from "./disk.ts";
import { namesIn } from "./segment-file.ts";

const MARK = ".damaged";
const FOLDER = "damaged";

/**
 * A damaged segment is evidence, of a dying card for instance. It stays where it is, since nothing is ever rewritten
 * in it, with an empty file beside it as a mark; when it is trimmed it moves to `damaged/` instead of being deleted.
 */
export function markDamaged(segmentPath: string): void {
  if (!isMarked(segmentPath)) writeFileSync(segmentPath + MARK, "", { mode: 0o600 });
}

const isMarked = (segmentPath: string): boolean => existsSync(segmentPath + MARK);

/** Keeps a copy of what recovery is about to cut off. */
export function keepTorn(folder: string, position: number, bytes: Uint8Array): void {
  const name = `${String(position).padStart(16, "0")}.torn`;
  mkdirSync(join(folder, FOLDER), { recursive: true, mode: 0o700 });
  writeFileSync(join(folder, FOLDER, name), bytes, { mode: 0o600 });
}

/** Damaged segments still in use, then what lies in `damaged/`. */
export function listSetAside(folder: string): string[] {
  const marked = namesIn(folder).filter((name) => name.endsWith(MARK));
  return [...marked.map((name) => join(folder, name.slice(0, -MARK.length))), ...listAside(folder)];
}

/** Deletes a trimmed segment, or moves it to `damaged/` if it is marked. */
export async function removeSegment(
  disk: Disk,
  folder: string,
  segmentPath: string,
): Promise<void> {
  if (!existsSync(segmentPath)) return;
  if (!isMarked(segmentPath)) return disk.remove(segmentPath);
  mkdirSync(join(folder, FOLDER), { recursive: true, mode: 0o700 });
  await disk.rename(segmentPath, join(folder, FOLDER, basename(segmentPath)));
  await disk.remove(segmentPath + MARK);
}

/** Deletes the oldest of what was set aside until the rest is within `maxBytes`. */
export function pruneSetAside(folder: string, maxBytes: number): void {
  let bytes = 0;
  for (const path of listAside(folder).reverse()) {
    bytes += statSync(path).size;
    if (bytes > maxBytes) rmSync(path, { force: true });
  }
}

/** By position, oldest first. */
function listAside(folder: string): string[] {
  const aside = join(folder, FOLDER);
  if (!existsSync(aside)) return [];
  return readdirSync(aside)
    .sort()
    .map((name) => join(aside, name));
}
