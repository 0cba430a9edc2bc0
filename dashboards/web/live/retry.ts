import { ApiError } from "../api-client.ts";

const retryMs = 10_000;

/** What was thrown, as the interface's own error. */
export const coded = (error: unknown): ApiError =>
  error instanceof ApiError ? error : new ApiError("UNREACHABLE", 0);

/** Whether the same question may be answered later: the server is away, busy or cannot now. Pure. */
const mayPass = ({ status }: ApiError): boolean => status === 0 || status === 429 || status >= 500;

/** Asks again in a while after a failure that may pass by itself; returns the way to stop that. */
export function retryAfter(error: ApiError | undefined, again: () => void): () => void {
  if (error === undefined || !mayPass(error)) return () => undefined;
  const timer = setTimeout(again, retryMs);
  return () => clearTimeout(timer);
}
