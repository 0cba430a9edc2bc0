/** Big enough to read a type plate, small enough for a bad line. */
const longestPx = 2_560;
const quality = 0.85;
const smallBytes = 1_000_000;

/** A photo as it is sent: smaller where the camera gave more than anybody looks at; as it is where that fails. */
export async function shrinkPhoto(file: Blob): Promise<Blob> {
  if (!file.type.startsWith("image/") || file.size <= smallBytes) return file;
  try {
    const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
    const scale = Math.min(1, longestPx / Math.max(picture.width, picture.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(picture.width * scale);
    canvas.height = Math.round(picture.height * scale);
    canvas.getContext("2d")?.drawImage(picture, 0, 0, canvas.width, canvas.height);
    picture.close();
    const small = await blobOf(canvas, "image/jpeg", quality);
    return small !== null && small.size < file.size ? small : file;
  } catch {
    return file;
  }
}

export const blobOf = (
  canvas: HTMLCanvasElement,
  type: string,
  as?: number,
): Promise<Blob | null> => new Promise((resolve) => canvas.toBlob(resolve, type, as));
