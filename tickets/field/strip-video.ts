import type { FileHandle } from "node:fs/promises";

/** Boxes that hold other boxes on the way to the tags. @see ISO/IEC 14496-12 */
const containers = new Set(["moov", "trak", "moof", "traf"]);
/** Tags of the maker: place, device, owner. */
const tags = new Set(["udta", "meta", "uuid"]);

/**
 * Makes an MPEG-4 or QuickTime file forget where and with what it was filmed: its boxes of tags become free space, in
 * place, so that nothing else moves. A box that makes no sense ends the search of its level.
 */
export async function stripVideo(file: FileHandle, size: number): Promise<void> {
  await freeTags(file, 0, size);
}

async function freeTags(file: FileHandle, from: number, to: number): Promise<void> {
  const head = Buffer.alloc(16);
  for (let at = from; at + 8 <= to; ) {
    await file.read(head, 0, 16, at);
    const name = head.toString("latin1", 4, 8);
    const short = head.readUInt32BE(0);
    const long = short === 1;
    const length = long ? Number(head.readBigUInt64BE(8)) : short === 0 ? to - at : short;
    const body = at + (long ? 16 : 8);
    if (length < body - at || at + length > to) return;
    if (tags.has(name)) {
      await file.write(Buffer.from("free", "latin1"), 0, 4, at + 4);
      await wipe(file, body, at + length);
    } else if (containers.has(name)) await freeTags(file, body, at + length);
    at += length;
  }
}

const wipeBytes = 64 * 1024;

async function wipe(file: FileHandle, from: number, to: number): Promise<void> {
  const zeros = Buffer.alloc(Math.min(wipeBytes, Math.max(0, to - from)));
  for (let at = from; at < to; at += wipeBytes)
    await file.write(zeros, 0, Math.min(wipeBytes, to - at), at);
}
