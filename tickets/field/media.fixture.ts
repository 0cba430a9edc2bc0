/** Pictures of 12 by 8 points, as a browser's canvas wrote them, with a colour profile. */
const base64 = {
  "image/jpeg":
    "/9j/4AAQSkZJRgABAQAAAQABAAD/4gHYSUNDX1BST0ZJTEUAAQEAAAHIAAAAAAQwAABtbnRyUkdCIFhZWiAH4AABAAEAAAAAAABhY3NwAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAQAA9tYAAQAAAADTLQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAlkZXNjAAAA8AAAACRyWFlaAAABFAAAABRnWFlaAAABKAAAABRiWFlaAAABPAAAABR3dHB0AAABUAAAABRyVFJDAAABZAAAAChnVFJDAAABZAAAAChiVFJDAAABZAAAAChjcHJ0AAABjAAAADxtbHVjAAAAAAAAAAEAAAAMZW5VUwAAAAgAAAAcAHMAUgBHAEJYWVogAAAAAAAAb6IAADj1AAADkFhZWiAAAAAAAABimQAAt4UAABjaWFlaIAAAAAAAACSgAAAPhAAAts9YWVogAAAAAAAA9tYAAQAAAADTLXBhcmEAAAAAAAQAAAACZmYAAPKnAAANWQAAE9AAAApbAAAAAAAAAABtbHVjAAAAAAAAAAEAAAAMZW5VUwAAACAAAAAcAEcAbwBvAGcAbABlACAASQBuAGMALgAgADIAMAAxADb/2wBDABQODxIPDRQSEBIXFRQYHjIhHhwcHj0sLiQySUBMS0dARkVQWnNiUFVtVkVGZIhlbXd7gYKBTmCNl4x9lnN+gXz/2wBDARUXFx4aHjshITt8U0ZTfHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHz/wAARCAAIAAwDASIAAhEBAxEB/8QAFQABAQAAAAAAAAAAAAAAAAAAAAT/xAAXEAEAAwAAAAAAAAAAAAAAAAAAAQMz/8QAFAEBAAAAAAAAAAAAAAAAAAAABP/EABkRAAIDAQAAAAAAAAAAAAAAAAABBDNx0f/aAAwDAQACEQMRAD8AgtzlMB0Ct7wRNsWH/9k=",
  "image/png":
    "iVBORw0KGgoAAAANSUhEUgAAAAwAAAAICAYAAADN5B7xAAAAKElEQVR4AeyQMQ0AAAjDCJbq38E8DQM74KdJzz5tgZMgJ7uOfLAZNgAAAP//rBHKfAAAAAZJREFUAwDG0xpdz3yGTwAAAABJRU5ErkJggg==",
  "image/webp":
    "UklGRiwCAABXRUJQVlA4WAoAAAAgAAAACwAABwAASUNDUMgBAAAAAAHIAAAAAAQwAABtbnRyUkdCIFhZWiAH4AABAAEAAAAAAABhY3NwAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAQAA9tYAAQAAAADTLQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAlkZXNjAAAA8AAAACRyWFlaAAABFAAAABRnWFlaAAABKAAAABRiWFlaAAABPAAAABR3dHB0AAABUAAAABRyVFJDAAABZAAAAChnVFJDAAABZAAAAChiVFJDAAABZAAAAChjcHJ0AAABjAAAADxtbHVjAAAAAAAAAAEAAAAMZW5VUwAAAAgAAAAcAHMAUgBHAEJYWVogAAAAAAAAb6IAADj1AAADkFhZWiAAAAAAAABimQAAt4UAABjaWFlaIAAAAAAAACSgAAAPhAAAts9YWVogAAAAAAAA9tYAAQAAAADTLXBhcmEAAAAAAAQAAAACZmYAAPKnAAANWQAAE9AAAApbAAAAAAAAAABtbHVjAAAAAAAAAAEAAAAMZW5VUwAAACAAAAAcAEcAbwBvAGcAbABlACAASQBuAGMALgAgADIAMAAxADZWUDggPgAAALACAJ0BKgwACAADgFolqAJ0RwB+gGWAfoAClUcmSAD+nvpaSyCf5Dyv/n4P5DyvvE/4+J5GEf6lUumygAAA",
} as const;

const picture = (mime: keyof typeof base64) => Buffer.from(base64[mime], "base64");
export const jpeg = picture("image/jpeg");
export const png = picture("image/png");
export const webp = picture("image/webp");

const segment = (marker: number, body: Buffer): Buffer => {
  const head = Buffer.from([0xff, marker, 0, 0]);
  head.writeUInt16BE(body.length + 2, 2);
  return Buffer.concat([head, body]);
};

/** Where the pictures below say they were taken; must be found nowhere. */
export const secretPlace = "28deg11min49sec-N";

/** An EXIF block with the picture on its side and a GPS directory, as a telephone writes it. */
function exif(): Buffer {
  const tiff = Buffer.alloc(80);
  tiff.write("II*\0", 0, "latin1");
  tiff.writeUInt32LE(8, 4);
  tiff.writeUInt16LE(2, 8);
  tiff.writeUInt16LE(0x0112, 10);
  tiff.writeUInt16LE(3, 12);
  tiff.writeUInt32LE(1, 14);
  tiff.writeUInt16LE(6, 18);
  tiff.writeUInt16LE(0x8825, 22);
  tiff.writeUInt16LE(4, 24);
  tiff.writeUInt32LE(1, 26);
  tiff.writeUInt32LE(38, 30);
  tiff.write(secretPlace, 40, "latin1");
  return Buffer.concat([Buffer.from("Exif\0\0", "latin1"), tiff]);
}

/** The same picture with EXIF, XMP, a comment, and a second picture behind its end. */
export const jpegWithPlace = Buffer.concat([
  jpeg.subarray(0, 2),
  segment(0xe1, exif()),
  segment(0xe1, Buffer.from(`http://ns.adobe.com/xap/1.0/\0<x>${secretPlace}</x>`, "latin1")),
  segment(0xfe, Buffer.from(secretPlace, "latin1")),
  jpeg.subarray(2),
  Buffer.from(secretPlace, "latin1"),
]);

const pngChunk = (name: string, text: string): Buffer => {
  const chunk = Buffer.alloc(12 + text.length);
  chunk.writeUInt32BE(text.length, 0);
  chunk.write(name + text, 4, "latin1");
  return chunk;
};
export const pngWithPlace = Buffer.concat([
  png.subarray(0, 33),
  pngChunk("eXIf", secretPlace),
  png.subarray(33),
  Buffer.from(secretPlace, "latin1"),
]);

export const webpWithPlace = (() => {
  const chunk = Buffer.alloc(8 + secretPlace.length + (secretPlace.length & 1));
  chunk.write("EXIF", 0, "latin1");
  chunk.writeUInt32LE(secretPlace.length, 4);
  chunk.write(secretPlace, 8, "latin1");
  const whole = Buffer.concat([webp, chunk]);
  whole.writeUInt32LE(whole.length - 8, 4);
  whole[20] = (whole[20] ?? 0) | 0x08;
  return whole;
})();

const box = (name: string, ...bodies: Buffer[]): Buffer => {
  const body = Buffer.concat(bodies);
  const head = Buffer.alloc(8);
  head.writeUInt32BE(body.length + 8, 0);
  head.write(name, 4, "latin1");
  return Buffer.concat([head, body]);
};

/** The frame of a film: brand, an index with tags of its place, and picture data that happens to name a tag. */
export const filmWithPlace = Buffer.concat([
  box("ftyp", Buffer.from("isom\0\0\0\0isommp42", "latin1")),
  box(
    "moov",
    box("mvhd", Buffer.alloc(100)),
    box("trak", box("tkhd", Buffer.alloc(84)), box("udta", Buffer.from(secretPlace, "latin1"))),
    box("udta", box("\u00a9xyz", Buffer.from(secretPlace, "latin1"))),
  ),
  box("mdat", Buffer.from("udta is only data here", "latin1")),
]);

/** In pieces, as a network brings it. */
export async function* inPieces(bytes: Uint8Array, size = 7): AsyncIterable<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}
