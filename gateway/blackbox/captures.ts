import { createHash } from "node:crypto";
import { createWriteStream, mkdirSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { syncFolder, writeFileDurably } from "@firebreak/kit/files.ts";
import type { CaptureFormat } from "@firebreak/wire/machine-event.ts";
import { type CaptureCause, type CaptureFacts, captureName, readFacts } from "./capture-facts.ts";
import type { RawPiece } from "./raw-piece.ts";

export interface CaptureBounds {
  readonly maxCount: number;
  /** Of all together on the disk. */
  readonly maxBytes: number;
}

/** A recording's text is cut off here: gzip makes a tenth of it or so. */
const maxPlainBytes = 128 * 1024 * 1024;

/** The stored captures of one machine, in a folder of their own; the oldest make room. The folder's only writer. */
export class Captures {
  readonly #folder: string;
  readonly #bounds: CaptureBounds;
  /** Oldest first; read from the disk when first asked. */
  #known: CaptureFacts[] | undefined;

  constructor(folder: string, bounds: CaptureBounds) {
    this.#folder = folder;
    this.#bounds = bounds;
  }

  /** Oldest first. */
  list(): readonly CaptureFacts[] {
    this.#known ??= this.#load();
    return this.#known;
  }

  /** The path of a stored capture; undefined for any other name. */
  pathOf(name: string): string | undefined {
    return this.list().some((one) => one.name === name) ? join(this.#folder, name) : undefined;
  }

  /**
   * Writes one as gzip, piece by piece so that nothing else waits for it. Undefined: there was nothing to write.
   * @throws the system's error; what was begun is removed
   */
  async store(
    atMs: number,
    cause: CaptureCause,
    content: { readonly format: CaptureFormat; readonly pieces: Iterable<RawPiece> },
  ): Promise<CaptureFacts | undefined> {
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    const name = captureName(atMs, cause, content.format);
    const path = join(this.#folder, name);
    const begun = `${path}.part`;
    const sequence = 1 + Math.max(0, ...this.list().map((one) => one.sequence ?? 0));
    try {
      const counts = await writeGzip(begun, content.pieces);
      if (counts.records === 0) {
        rmSync(begun, { force: true });
        return undefined;
      }
      const facts = { sequence, name, format: content.format, atMs, ...cause, ...counts };
      // First what it is: a file without its facts is removed at the next start.
      writeFileDurably(`${path}.json`, JSON.stringify(facts));
      renameSync(begun, path);
      syncFolder(this.#folder);
      this.#known = [...this.list().filter((one) => one.name !== name), facts].sort(byAge);
      this.#prune();
      return facts;
    } catch (error) {
      for (const left of [`${name}.part`, `${name}.json`, name]) this.#remove(left);
      throw error;
    }
  }

  #load(): CaptureFacts[] {
    const found: CaptureFacts[] = [];
    for (const file of this.#files()) {
      const facts = file.endsWith(".gz")
        ? readFacts(join(this.#folder, `${file}.json`), file)
        : undefined;
      const isWhole = facts && facts.bytes === this.#sizeOf(file);
      if (facts && isWhole) found.push(facts);
    }
    const kept = new Set(found.flatMap(({ name }) => [name, `${name}.json`]));
    for (const file of this.#files()) if (!kept.has(file)) this.#remove(file);
    return found.sort(byAge);
  }

  #files(): string[] {
    try {
      return readdirSync(this.#folder);
    } catch {
      // None was stored yet, or the disk cannot be read.
      return [];
    }
  }

  #sizeOf(file: string): number {
    try {
      return statSync(join(this.#folder, file)).size;
    } catch {
      return -1;
    }
  }

  #prune(): void {
    const { maxCount, maxBytes } = this.#bounds;
    let bytes = 0;
    const kept: CaptureFacts[] = [];
    for (const [age, capture] of [...this.list()].reverse().entries()) {
      bytes += capture.bytes;
      if (age >= maxCount || (age > 0 && bytes > maxBytes)) {
        this.#remove(capture.name);
        this.#remove(`${capture.name}.json`);
      } else kept.push(capture);
    }
    this.#known = kept.reverse();
  }

  /** A disk that can only be read must not end the gateway. */
  #remove(file: string): void {
    try {
      rmSync(join(this.#folder, file), { force: true, recursive: true });
    } catch {
      // It is looked at again at the next start.
    }
  }
}

/** Not by their stamps: a clock that was once ahead would make every later recording the oldest one. */
const byAge = (one: CaptureFacts, other: CaptureFacts): number =>
  (one.sequence ?? 0) - (other.sequence ?? 0) ||
  (one.name < other.name ? -1 : one.name > other.name ? 1 : 0);

type Counts = Pick<
  CaptureFacts,
  "firstUs" | "lastUs" | "records" | "plainBytes" | "bytes" | "sha256"
>;

async function writeGzip(path: string, pieces: Iterable<RawPiece>): Promise<Counts> {
  let [firstUs, lastUs, records, plainBytes, bytes] = [0, 0, 0, 0, 0];
  function* texts(): Generator<Buffer> {
    for (const piece of pieces) {
      const text = Buffer.from(piece.text, "latin1");
      if (plainBytes + text.length > maxPlainBytes) return;
      if (records === 0) firstUs = piece.firstUs;
      lastUs = piece.lastUs;
      records += piece.records;
      plainBytes += text.length;
      yield text;
    }
  }
  const hash = createHash("sha256");
  const count = async function* (source: AsyncIterable<Buffer>) {
    for await (const chunk of source) {
      hash.update(chunk);
      bytes += chunk.length;
      yield chunk;
    }
  };
  await pipeline(
    Readable.from(texts(), { objectMode: true, highWaterMark: 1 }),
    createGzip(),
    count,
    createWriteStream(path, { mode: 0o600 }),
  );
  const file = await open(path, "r");
  try {
    await file.datasync();
  } finally {
    await file.close();
  }
  return { firstUs, lastUs, records, plainBytes, bytes, sha256: hash.digest("hex") };
}
