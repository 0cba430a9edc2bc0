import { path } from "../../api-client.ts";

export type MediaKind = "photo" | "video";
export type MediaState = "waiting" | "sending" | "sent" | "failed" | "refused";

/** One photo or film on its way to a report. */
export interface MediaItem {
  readonly id: number;
  readonly file: File;
  readonly kind: MediaKind;
  readonly state: MediaState;
  /** 0 to 1. */
  readonly share: number;
}

const mebibyte = 1024 * 1024;
/** As the interface takes them. */
export const mediaLimits = { files: 6, photoMb: 10, videoMb: 100 } as const;

export const limitMbOf = (kind: MediaKind): number =>
  kind === "photo" ? mediaLimits.photoMb : mediaLimits.videoMb;

export const isTooLarge = ({ size }: Pick<File, "size">, kind: MediaKind): boolean =>
  size > limitMbOf(kind) * mebibyte;

/** Larger photos are made smaller before they go: on a building site's line that is minutes. */
const largePhotoBytes = 1.5 * mebibyte;
const longestEdge = 2_048;

/** A photo that is quick to send; the file itself where this browser cannot make one. */
export async function lighter(file: File): Promise<Blob> {
  if (file.size <= largePhotoBytes) return file;
  try {
    const image = await createImageBitmap(file);
    const scale = Math.min(1, longestEdge / Math.max(image.width, image.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(image.width * scale);
    canvas.height = Math.round(image.height * scale);
    canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
    image.close();
    const small = await new Promise<Blob | null>((done) => canvas.toBlob(done, "image/jpeg", 0.85));
    return small && small.size < file.size ? small : file;
  } catch {
    return file;
  }
}

const refusals = [404, 409, 413, 415, 422];

/** Sends one file by the report's code. `refused`: sending it again is of no use. */
export async function uploadMedia(
  code: string,
  { file, kind }: Pick<MediaItem, "file" | "kind">,
  onShare: (share: number) => void,
): Promise<"sent" | "failed" | "refused"> {
  const body = kind === "photo" ? await lighter(file) : file;
  const form = new FormData();
  form.append("file", body, file.name);
  return new Promise((done) => {
    const request = new XMLHttpRequest();
    request.open("POST", `/api/v1${path`/public/reports/${code}/media`}?kind=${kind}`);
    request.upload.addEventListener("progress", ({ loaded, total, lengthComputable }) => {
      if (lengthComputable) onShare(loaded / total);
    });
    request.addEventListener("load", () => {
      const { status } = request;
      done(status === 200 ? "sent" : refusals.includes(status) ? "refused" : "failed");
    });
    for (const event of ["error", "abort", "timeout"])
      request.addEventListener(event, () => done("failed"));
    request.send(form);
  });
}
