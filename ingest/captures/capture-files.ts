import { createHash } from "node:crypto";
import { once } from "node:events";
import {
  appendFileSync,
  closeSync,
  createReadStream,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs";
import { join } from "node:path";
import { type Readable, pipeline as startPipeline } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { syncFolder } from "@firebreak/kit/files.ts";
import type { CaptureRow } from "./capture-rows.ts";

/**
 * The bytes of recordings: `<id>.part` while it comes, `<id>.gz` once it is whole. Names are the hub's own numbers:
 * nothing that a gateway says becomes part of a path.
 */
export function openCaptureFiles(folder: string) {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const partOf = (id: number) => join(folder, `${id}.part`);
  const wholeOf = (id: number) => join(folder, `${id}.gz`);

  return {
    /** How far it has come, bytes. What a crash left of a piece counts: the check at the end covers it. */
    received(id: number): number {
      return existsSync(partOf(id)) ? statSync(partOf(id)).size : 0;
    },
    isWhole: (id: number) => existsSync(wholeOf(id)),
    append(id: number, piece: Uint8Array): void {
      appendFileSync(partOf(id), piece, { mode: 0o600 });
    },
    /** Whether what came is what was told; then it stays, else it goes. @throws the system's error */
    async finish(capture: CaptureRow): Promise<boolean> {
      const { id } = capture;
      if (!(await isAsTold(partOf(id), capture))) {
        rmSync(partOf(id), { force: true });
        return false;
      }
      const file = openSync(partOf(id), "r+");
      try {
        fsyncSync(file);
      } finally {
        closeSync(file);
      }
      renameSync(partOf(id), wholeOf(id));
      syncFolder(folder);
      return true;
    },
    remove(id: number): void {
      for (const path of [partOf(id), wholeOf(id)]) rmSync(path, { force: true });
    },
    /** Removes what no row speaks of. */
    sweep(isKnown: (id: number) => boolean): void {
      for (const file of readdirSync(folder)) {
        const id = Number(/^(\d+)\.(?:part|gz)$/.exec(file)?.[1] ?? Number.NaN);
        if (!isKnown(id)) rmSync(join(folder, file), { force: true });
      }
    },
    /** The text of a whole one. @throws the system's error if it cannot be opened */
    async text(id: number): Promise<Readable> {
      const source = createReadStream(wholeOf(id));
      await once(source, "open");
      // Whoever reads learns of an error by the stream; until somebody does, it must not end the process.
      return startPipeline(source, createGunzip(), () => {});
    },
  };
}

export type CaptureFiles = ReturnType<typeof openCaptureFiles>;

/** Its hash, and that it unfolds to the length it should, in bounded memory. */
async function isAsTold(path: string, { sha256, plainBytes }: CaptureRow): Promise<boolean> {
  const hash = createHash("sha256");
  let plain = 0;
  try {
    await pipeline(
      createReadStream(path),
      async function* (source: AsyncIterable<Buffer>) {
        for await (const chunk of source) {
          hash.update(chunk);
          yield chunk;
        }
      },
      createGunzip(),
      async (source: AsyncIterable<Buffer>) => {
        for await (const chunk of source) {
          plain += chunk.length;
          if (plain > plainBytes) throw new RangeError("more than was told");
        }
      },
    );
  } catch (error) {
    const code = (error as { code?: string }).code ?? "";
    // What a disk says is no fault of the recording.
    if (["EIO", "EACCES", "EMFILE", "ENOSPC"].includes(code)) throw error;
    return false;
  }
  return plain === plainBytes && hash.digest("hex") === sha256;
}
