import {
  chmodSync,
  closeSync,
  copyFileSync,
  type Dirent,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  statSync,
} from "node:fs";
import { join } from "node:path";
import { errorCode } from "@firebreak/kit/coded-error.ts";
import { syncFolder } from "@firebreak/kit/files.ts";

/** Copies one file, readable by its owner alone; false when it is gone. */
function copyFile(from: string, to: string): boolean {
  try {
    copyFileSync(from, to);
  } catch (error) {
    if (errorCode(error) === "ENOENT" && !existsSync(from)) return false;
    throw error;
  }
  chmodSync(to, 0o600);
  const file = openSync(to, "r+");
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  return true;
}

/** Copies the files of a folder and those below it, except where `isLeftOut` says so of a path below `from`. */
export function copyFolder(
  from: string,
  to: string,
  isLeftOut: (path: string, entry: Dirent) => boolean,
): void {
  const copyLevel = (below: string) => {
    mkdirSync(join(to, below), { recursive: true, mode: 0o700 });
    for (const entry of entriesOf(join(from, below))) {
      const path = join(below, entry.name);
      if (isLeftOut(path, entry)) continue;
      if (entry.isDirectory()) copyLevel(path);
      else if (entry.isFile()) copyFile(join(from, path), join(to, path));
    }
    syncFolder(join(to, below));
  };
  copyLevel("");
}

/** Of a file that may vanish meanwhile, or be none. */
export const sizeOf = (path: string): number =>
  statSync(path, { throwIfNoEntry: false })?.size ?? 0;

/** Of the files of a folder and below, while they come and go; `isLeftOut` as for copying them. */
export function bytesIn(
  folder: string,
  isLeftOut: (path: string, entry: Dirent) => boolean = () => false,
): number {
  const bytesOf = (below: string): number =>
    entriesOf(join(folder, below)).reduce((sum, entry) => {
      const path = join(below, entry.name);
      if (isLeftOut(path, entry)) return sum;
      return sum + (entry.isDirectory() ? bytesOf(path) : sizeOf(join(folder, path)));
    }, 0);
  return bytesOf("");
}

function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    if (errorCode(error) === "ENOENT") return [];
    throw error;
  }
}
