import { ApiError, me } from "../api-client.ts";

interface Refusal {
  readonly code?: string;
  readonly message?: string;
  readonly where?: string;
}

/** Sends one file as a form does; `tell` hears which share of it has gone, 0 to 1. */
export function sendLarge<Reply>(
  path: string,
  file: Blob,
  tell: (share: number) => void,
): Promise<Reply> {
  const form = new FormData();
  form.append("file", file);
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", `/api/v1${path}`);
    request.responseType = "json";
    request.upload.addEventListener("progress", ({ loaded, total, lengthComputable }) => {
      if (lengthComputable) tell(loaded / total);
    });
    request.addEventListener("load", () => {
      const { status } = request;
      if (status === 200) return resolve(request.response as Reply);
      const { code = "UNREACHABLE", ...rest } = (request.response ?? {}) as Refusal;
      if (code === "NOT_LOGGED_IN") me.value = null;
      reject(new ApiError(code, status, rest));
    });
    for (const event of ["error", "abort", "timeout"])
      request.addEventListener(event, () => reject(new ApiError("UNREACHABLE", 0)));
    request.send(form);
  });
}
