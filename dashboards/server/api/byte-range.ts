export interface ByteRange {
  readonly from: number;
  /** Inclusive. */
  readonly to: number;
}

/**
 * The one range a request asks for; undefined for the whole, null when there is nothing in it. Several ranges at once
 * are answered with the whole, as the standard allows. Pure. @see RFC 9110 §14.2
 */
export function parseRange(header: string | undefined, size: number): ByteRange | undefined | null {
  const [, first = "", last = ""] = /^bytes=(\d*)-(\d*)$/.exec(header ?? "") ?? [];
  if (first === "" && last === "") return undefined;
  const from = first === "" ? Math.max(0, size - Number(last)) : Number(first);
  const to = first === "" || last === "" ? size - 1 : Math.min(Number(last), size - 1);
  return from > to ? null : { from, to };
}
