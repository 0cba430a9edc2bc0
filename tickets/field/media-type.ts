export const mediaKinds = ["photo", "video", "signature"] as const;
export type MediaKind = (typeof mediaKinds)[number];

export const mediaMimes = [
  "image/jpeg",
  "image/png",
  "image/webp",
  "video/mp4",
  "video/quicktime",
  "video/webm",
] as const;
export type MediaMime = (typeof mediaMimes)[number];

export const mimesOfKind: Readonly<Record<MediaKind, readonly MediaMime[]>> = {
  photo: ["image/jpeg", "image/png", "image/webp"],
  video: ["video/mp4", "video/quicktime", "video/webm"],
  signature: ["image/png", "image/jpeg", "image/webp"],
};

export const extensionOf: Readonly<Record<MediaMime, string>> = {
  "image/jpeg": "jpg",
  "image/png": "png",
  "image/webp": "webp",
  "video/mp4": "mp4",
  "video/quicktime": "mov",
  "video/webm": "webm",
};

/** Bytes that are enough to tell. */
export const headBytes = 64;

const text = (bytes: Uint8Array, from: number, length: number): string =>
  Buffer.from(bytes.subarray(from, from + length)).toString("latin1");

const starts = (bytes: Uint8Array, ...magic: number[]): boolean =>
  magic.every((byte, index) => bytes[index] === byte);

/** Major brands of MPEG-4 files that browsers play. @see ISO/IEC 14496-12 §4.3 */
const mp4Brands = /^(iso[m2-9]|mp4[12]|avc1|dash|M4V[ HP]?|MSNV|f4v )/;

/** What a file is, by its first bytes alone; names and declared types count for nothing. Undefined: not taken. Pure. */
export function sniffMedia(head: Uint8Array): MediaMime | undefined {
  if (starts(head, 0xff, 0xd8, 0xff)) return "image/jpeg";
  if (starts(head, 0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)) return "image/png";
  if (text(head, 0, 4) === "RIFF" && text(head, 8, 4) === "WEBP") return "image/webp";
  if (starts(head, 0x1a, 0x45, 0xdf, 0xa3) && text(head, 0, headBytes).includes("webm"))
    return "video/webm";
  if (text(head, 4, 4) !== "ftyp") return undefined;
  const brand = text(head, 8, 4);
  if (brand === "qt  ") return "video/quicktime";
  return mp4Brands.test(brand) ? "video/mp4" : undefined;
}
