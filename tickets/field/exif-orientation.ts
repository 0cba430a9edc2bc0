const header = Buffer.from("Exif\0\0", "latin1");
const orientationTag = 0x0112;

/** Which way up, 1 to 8, as an EXIF segment of a JPEG file says; undefined when it does not. Pure. @see CIPA DC-008 */
export function orientationOf(segment: Uint8Array): number | undefined {
  if (!header.equals(segment.subarray(4, 10))) return undefined;
  const tiff = segment.subarray(10);
  const view = new DataView(tiff.buffer, tiff.byteOffset, tiff.byteLength);
  try {
    const isLittle = view.getUint16(0) === 0x4949;
    const directory = view.getUint32(4, isLittle);
    const entries = view.getUint16(directory, isLittle);
    for (let entry = 0; entry < entries; entry++) {
      const at = directory + 2 + entry * 12;
      if (view.getUint16(at, isLittle) !== orientationTag) continue;
      const value = view.getUint16(at + 8, isLittle);
      return value >= 1 && value <= 8 ? value : undefined;
    }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
  return undefined;
}

/** An EXIF segment that says which way up, and nothing else. Pure. */
export function orientationSegment(orientation: number): Uint8Array {
  const tiff = Buffer.alloc(26);
  tiff.write("MM\0*", 0, "latin1");
  tiff.writeUInt32BE(8, 4);
  tiff.writeUInt16BE(1, 8);
  tiff.writeUInt16BE(orientationTag, 10);
  tiff.writeUInt16BE(3, 12);
  tiff.writeUInt32BE(1, 14);
  tiff.writeUInt16BE(orientation, 18);
  const start = Buffer.from([0xff, 0xe1, 0, 2 + header.length + tiff.length]);
  return Buffer.concat([start, header, tiff]);
}
