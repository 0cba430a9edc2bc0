import { CodedError } from "@firebreak/kit/coded-error.ts";

/** Refuses with SESSION_MALFORMED; `where` names the field, never its content. */
export const malformedSession = (where: string, cause?: unknown) =>
  new CodedError("SESSION_MALFORMED", `${where} is not as agreed`, { cause });

/** The fields of a JSON object; check each one before use. */
export function objectAt(value: unknown, where: string): Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw malformedSession(where);
  return Object.assign(Object.create(null), value);
}

/** A list of at most `max` elements, each read by `read`. */
export function listAt<Element>(
  value: unknown,
  where: string,
  { max, read }: { max: number; read: (element: unknown) => Element },
): Element[] {
  if (!Array.isArray(value) || value.length > max) throw malformedSession(where);
  return value.map(read);
}

/** A text that matches `pattern`. */
export function textAt(value: unknown, where: string, pattern: RegExp): string {
  if (typeof value !== "string" || !pattern.test(value)) throw malformedSession(where);
  return value;
}

/** A whole number from `min` to `max`, both included. */
export function wholeAt(
  value: unknown,
  where: string,
  { min = 0, max = Number.MAX_SAFE_INTEGER }: { min?: number; max?: number } = {},
): number {
  if (!Number.isSafeInteger(value)) throw malformedSession(where);
  const number = value as number;
  if (number < min || number > max) throw malformedSession(where);
  return number;
}

/** A finite number. */
export function numberAt(value: unknown, where: string): number {
  if (typeof value !== "number" || !Number.isFinite(value)) throw malformedSession(where);
  return value;
}
