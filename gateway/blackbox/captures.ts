import { mkdirSync, readdirSync, rmSync, statSync } from "node:fs";
import { type FileHandle, open, rename } from "node:fs/promises";
import { join } from "node:path";

export interface Capture {
  /** File name, which sorts by time: `<UTC time>-<reason>.log`. */
  readonly name: string;
  readonly bytes: number;
}

export interface CaptureBounds {
  readonly maxCount: number;
  /** Of all together. */
  readonly maxBytes: number;
}

const suffix = ".log";
const safeName = /^[0-9TZ.-]+-[a-z0-9-]+\.log$/;

/** The stored captures of one machine, in a folder of their own; the oldest make room. */
export class Captures {
  readonly #folder: string;
  readonly #bounds: CaptureBounds;

  constructor(folder: string, bounds: CaptureBounds) {
    this.#folder = folder;
    this.#bounds = bounds;
  }

  /** Oldest first. */
  list(): Capture[] {
    try {
      return readdirSync(this.#folder)
        .filter((name) => safeName.test(name))
        .sort()
        .map((name) => ({ name, bytes: statSync(join(this.#folder, name)).size }));
    } catch {
      // None was stored yet, or the disk cannot be read.
      return [];
    }
  }

  /** The path of a stored capture; undefined for any other name. */
  pathOf(name: string): string | undefined {
    return this.list().some((one) => one.name === name) ? join(this.#folder, name) : undefined;
  }

  /**
   * Writes one, piece by piece so that nothing else waits for it, and cuts it off at the bound of all together.
   * @throws the system's error; what was begun is removed
   */
  async store(atMs: number, reason: string, pieces: Iterable<string>): Promise<Capture> {
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    const stamp = new Date(atMs).toISOString().replaceAll(":", "-");
    const name = `${stamp}-${reason}${suffix}`;
    const path = join(this.#folder, name);
    const begun = `${path}.part`;
    const file = await open(begun, "w", 0o600);
    let bytes = 0;
    try {
      bytes = await writePieces(file, pieces, this.#bounds.maxBytes);
      await file.datasync();
    } catch (error) {
      rmSync(begun, { force: true });
      throw error;
    } finally {
      await file.close();
    }
    await rename(begun, path);
    this.#prune();
    return { name, bytes };
  }

  #prune(): void {
    const { maxCount, maxBytes } = this.#bounds;
    let bytes = 0;
    for (const [age, capture] of this.list().reverse().entries()) {
      bytes += capture.bytes;
      const isOver = age >= maxCount || (age > 0 && bytes > maxBytes);
      if (isOver) rmSync(join(this.#folder, capture.name), { force: true });
    }
  }
}

async function writePieces(
  file: FileHandle,
  pieces: Iterable<string>,
  maxBytes: number,
): Promise<number> {
  let bytes = 0;
  for (const piece of pieces) {
    if (bytes + piece.length > maxBytes) break;
    await file.write(piece);
    bytes += piece.length;
  }
  return bytes;
}
