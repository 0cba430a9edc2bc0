import { signal } from "@preact/signals";
import type { Me, Permission } from "./types.ts";

/** Who is logged in: undefined until asked, null for nobody. */
export const me = signal<Me | null | undefined>(undefined);

/** Server time minus this device's time, ms: ages stay right where this clock is wrong. */
export const clockOffsetMs = signal(0);

/** What the interface refused, by its stable code; `UNREACHABLE` when it did not answer at all. */
export class ApiError extends Error {
  readonly code: string;
  readonly status: number;
  /** The field at fault, where there is one. */
  readonly where: string | undefined;

  constructor(
    code: string,
    status: number,
    { message = code, where, ...options }: ErrorOptions & { message?: string; where?: string } = {},
  ) {
    super(message, options);
    this.name = "ApiError";
    this.code = code;
    this.status = status;
    this.where = where;
  }
}

const unreachable = (cause: unknown) => new ApiError("UNREACHABLE", 0, { cause });

async function send<Reply>(path: string, init: RequestInit): Promise<Reply> {
  let response: Response;
  try {
    response = await fetch(`/api/v1${path}`, { ...init, credentials: "same-origin" });
  } catch (error) {
    if (init.signal?.aborted) throw error;
    throw unreachable(error);
  }
  if (response.status === 204) return undefined as Reply;
  const body = await response.json().catch(() => undefined);
  // A line that was cut within the answer gave none.
  if (response.ok && body === undefined) throw unreachable(new TypeError("no whole answer"));
  if (response.ok) return body as Reply;
  const code = typeof body?.code === "string" ? body.code : "UNREACHABLE";
  if (code === "NOT_LOGGED_IN") me.value = null;
  throw new ApiError(code, response.status, { message: body?.message, where: body?.where });
}

/** Longer than the server lets anybody wait: who has heard nothing by then hears nothing. */
const patienceMs = 30_000;

export async function get<Reply>(path: string, abort?: AbortSignal): Promise<Reply> {
  const waiting = new AbortController();
  const stop = () => waiting.abort();
  if (abort?.aborted) stop();
  abort?.addEventListener("abort", stop, { once: true });
  const timer = setTimeout(stop, patienceMs);
  try {
    return await send<Reply>(path, { signal: waiting.signal });
  } catch (error) {
    throw waiting.signal.aborted && !abort?.aborted ? unreachable(error) : error;
  } finally {
    clearTimeout(timer);
    abort?.removeEventListener("abort", stop);
  }
}

/** Whether to show what needs this; the server decides anew at every request. */
export const may = (permission: Permission): boolean =>
  me.value?.permissions.includes(permission) ?? false;

export const post = <Reply>(path: string, body: unknown, abort?: AbortSignal): Promise<Reply> =>
  send<Reply>(path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
    ...(abort ? { signal: abort } : {}),
  });

/** Takes away what a path names. */
export const remove = (path: string): Promise<void> => send<void>(path, { method: "DELETE" });

/** Sends one file as a form does. */
export function sendFile<Reply>(path: string, file: Blob, abort?: AbortSignal): Promise<Reply> {
  const body = new FormData();
  body.append("file", file);
  return send<Reply>(path, { method: "POST", body, ...(abort ? { signal: abort } : {}) });
}

/** Fetches a file and has the browser save it; `tell` hears the bytes that came so far. */
export async function download(
  path: string,
  tell: (bytes: number) => void,
): Promise<{ readonly name: string; readonly bytes: number }> {
  const response = await fetch(`/api/v1${path}`, { credentials: "same-origin" }).catch((error) => {
    throw unreachable(error);
  });
  if (!response.ok || !response.body) {
    const reply = await response.json().catch(() => undefined);
    throw new ApiError(reply?.code ?? "UNREACHABLE", response.status, { message: reply?.message });
  }
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let bytes = 0;
  const reader = response.body.getReader();
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    chunks.push(part.value);
    bytes += part.value.length;
    tell(bytes);
  }
  const disposition = response.headers.get("content-disposition") ?? "";
  const name = /filename="([^"]+)"/.exec(disposition)?.[1] ?? "export";
  const url = URL.createObjectURL(new Blob(chunks));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
  return { name, bytes };
}

/** An id for one intention of a person: sending it again, after a lost answer, does nothing twice. */
export function newCommandId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** A path below `/api/v1` with every variable part escaped. */
export const path = (strings: TemplateStringsArray, ...parts: readonly string[]): string =>
  strings.reduce((whole, text, index) => whole + text + encodeURIComponent(parts[index] ?? ""), "");
