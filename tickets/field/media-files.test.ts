import { existsSync, mkdtempSync, readdirSync, rmSync, utimesSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { orientationOf } from "./exif-orientation.ts";
import {
  filmWithPlace,
  inPieces,
  jpeg,
  jpegWithPlace,
  png,
  pngWithPlace,
  secretPlace,
  webp,
  webpWithPlace,
} from "./media.fixture.ts";
import { createMediaFiles } from "./media-files.ts";
import { sniffMedia } from "./media-type.ts";
import { stripPhoto } from "./strip-photo.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "firebreak-media-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const limits = {
  photoBytes: 10_000,
  videoBytes: 10_000,
  signatureBytes: 2_000,
  concurrentUploads: 2,
};
const files = () => createMediaFiles(join(folder, "media"), limits);
const listing = () =>
  existsSync(join(folder, "media"))
    ? readdirSync(join(folder, "media"), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map(({ name }) => name)
    : [];
const contentOf = async (sha256: string) => {
  const { file } = await files().open(sha256);
  const bytes = await file.readFile();
  await file.close();
  return bytes;
};

describe("sniffMedia", () => {
  test.each([
    ["image/jpeg", jpeg],
    ["image/png", png],
    ["image/webp", webp],
    ["video/mp4", filmWithPlace],
    ["video/quicktime", Buffer.from("\0\0\0\u0014ftypqt  \0\0\0\0", "latin1")],
    ["video/webm", Buffer.from("\x1a\x45\xdf\xa3\x01\0\0\0\0\0\0\x1f\x42\x82\x84webm", "latin1")],
  ])("%s", (mime, bytes) => expect(sniffMedia(bytes)).toBe(mime));

  test.each([
    ["SVG", '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'],
    ["HTML", "<!doctype html><script>alert(1)</script>"],
    ["GIF", "GIF89a"],
    ["HEIC", "\0\0\0\u0018ftypheic\0\0\0\0"],
    ["nothing", ""],
  ])("takes no %s", (_name, text) =>
    expect(sniffMedia(Buffer.from(text, "latin1"))).toBeUndefined(),
  );
});

describe("stripPhoto", () => {
  test("a JPEG keeps picture, profile and the way up, and forgets place, comment and what lies behind", () => {
    const stripped = Buffer.from(stripPhoto(jpegWithPlace, "image/jpeg"));
    expect(jpegWithPlace.includes(secretPlace)).toBe(true);
    expect(stripped.includes(secretPlace)).toBe(false);
    expect(stripped.includes("ICC_PROFILE")).toBe(true);
    expect(stripped.subarray(-2)).toEqual(Buffer.from([0xff, 0xd9]));
    const scan = jpeg.subarray(jpeg.indexOf(Buffer.from([0xff, 0xda])));
    expect(stripped.includes(scan)).toBe(true);
    expect(orientationOf(stripped.subarray(stripped.indexOf("Exif") - 4))).toBe(6);
    expect(Buffer.from(stripPhoto(stripped, "image/jpeg"))).toEqual(stripped);
  });

  test("pictures without tags stay as they are", () => {
    expect(Buffer.from(stripPhoto(jpeg, "image/jpeg"))).toEqual(jpeg);
    expect(Buffer.from(stripPhoto(png, "image/png"))).toEqual(png);
    expect(Buffer.from(stripPhoto(webp, "image/webp"))).toEqual(webp);
  });

  test("PNG and WebP with tags become the same as without", () => {
    expect(Buffer.from(stripPhoto(pngWithPlace, "image/png"))).toEqual(png);
    expect(Buffer.from(stripPhoto(webpWithPlace, "image/webp"))).toEqual(webp);
  });

  test.each([
    ["image/jpeg", jpeg],
    ["image/png", png],
    ["image/webp", webp],
  ] as const)("%s cut anywhere is refused, never taken half", (mime, bytes) => {
    for (let length = 3; length < bytes.length; length += 5)
      expect(() => stripPhoto(bytes.subarray(0, length), mime)).toThrow("damaged");
  });
});

describe("createMediaFiles", () => {
  test("keeps a photo under the hash of what is stored, once however often it comes", async () => {
    const first = await files().keep(inPieces(jpegWithPlace), { kind: "photo" });
    const again = await files().keep(inPieces(jpegWithPlace, 1000), { kind: "photo" });
    expect(again).toEqual(first);
    expect(first).toMatchObject({ kind: "photo", mime: "image/jpeg", keepsPlace: false });
    expect(listing()).toEqual([first.sha256]);
    const stored = await contentOf(first.sha256);
    expect(stored.length).toBe(first.bytes);
    expect(stored.includes(secretPlace)).toBe(false);
  });

  test("leaves the place in a photo when that was agreed", async () => {
    const { sha256 } = await files().keep(inPieces(jpegWithPlace), {
      kind: "photo",
      keepsPlace: true,
    });
    expect(await contentOf(sha256)).toEqual(jpegWithPlace);
  });

  test("takes the place out of a film without moving its data", async () => {
    const { sha256, bytes, mime } = await files().keep(inPieces(filmWithPlace), { kind: "video" });
    const stored = await contentOf(sha256);
    expect([mime, bytes]).toEqual(["video/mp4", filmWithPlace.length]);
    expect(stored.includes(secretPlace)).toBe(false);
    expect(stored.indexOf("udta is only data")).toBe(filmWithPlace.indexOf("udta is only data"));
  });

  test.each([
    ["MEDIA_TYPE", "photo", Buffer.from("<svg onload=alert(1)>".padEnd(200))],
    ["MEDIA_TYPE", "photo", filmWithPlace],
    ["MEDIA_TYPE", "video", jpeg],
    ["MEDIA_EMPTY", "photo", Buffer.alloc(0)],
    ["MEDIA_DAMAGED", "photo", jpeg.subarray(0, 300)],
    ["MEDIA_TOO_LARGE", "photo", Buffer.concat([jpeg, Buffer.alloc(10_000)])],
    ["MEDIA_TOO_LARGE", "signature", Buffer.concat([png, Buffer.alloc(2_000)])],
  ] as const)("refuses with %s a %s and leaves nothing", async (code, kind, bytes) => {
    await expect(files().keep(inPieces(bytes, 512), { kind })).rejects.toMatchObject({ code });
    expect(listing()).toEqual([]);
  });

  test("G5: ten gigabytes are refused when the limit is passed, not read to their end", async () => {
    let given = 0;
    async function* endless(): AsyncIterable<Uint8Array> {
      for (yield jpeg; given < 10e9; given += 65536) yield Buffer.alloc(65536);
    }
    await expect(files().keep(endless(), { kind: "photo" })).rejects.toMatchObject({
      code: "MEDIA_TOO_LARGE",
    });
    expect(given).toBeLessThan(200_000);
  });

  test("receives only so many at a time; a further one may come again", async () => {
    const store = files();
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    async function* slow(): AsyncIterable<Uint8Array> {
      yield jpeg.subarray(0, 100);
      await held;
      yield jpeg.subarray(100);
    }
    const uploads = [1, 2].map(() => store.keep(slow(), { kind: "photo" }));
    await expect(store.keep(inPieces(jpeg), { kind: "photo" })).rejects.toMatchObject({
      code: "MEDIA_BUSY",
      retryable: true,
    });
    release();
    await Promise.all(uploads);
    await store.keep(inPieces(jpeg), { kind: "photo" });
  });

  test("a broken connection leaves nothing", async () => {
    async function* broken(): AsyncIterable<Uint8Array> {
      yield jpeg.subarray(0, 100);
      throw new TypeError("gone");
    }
    await expect(files().keep(broken(), { kind: "photo" })).rejects.toThrow("gone");
    expect(listing()).toEqual([]);
  });

  test("sweeps what no row names and is old enough, nothing else", async () => {
    const store = files();
    const named = await store.keep(inPieces(jpeg), { kind: "photo" });
    const old = await store.keep(inPieces(png), { kind: "photo" });
    const young = await store.keep(inPieces(webp), { kind: "photo" });
    for (const { sha256 } of [named, old])
      utimesSync(join(folder, "media", sha256.slice(0, 2), sha256), 1000, 1000);
    const isNamed = async (sha256: string) => sha256 === named.sha256;
    expect(await store.sweep(isNamed, Date.now() - 60_000)).toBe(1);
    expect(listing().sort()).toEqual([named.sha256, young.sha256].sort());
  });

  test.each(["../../etc/passwd", "%2e%2e%2fx", "/etc/passwd", "a\0b", ""])(
    "G5: opens nothing by %j",
    async (path) => {
      await expect(files().open(path)).rejects.toMatchObject({ code: "MEDIA_LOST" });
    },
  );
});
