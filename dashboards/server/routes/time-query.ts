import { Type } from "typebox";
import { HttpError } from "../api/error-reply.ts";
import { parseInstantNs } from "../api/instants.ts";

const when = "ISO 8601 with a zone (up to nanoseconds), or milliseconds since 1970";

/** Parameters of whatever is read from a span of time. */
export const timeQuery = {
  from: Type.Optional(Type.String({ maxLength: 40, description: `inclusive; ${when}` })),
  to: Type.Optional(Type.String({ maxLength: 40, description: `exclusive; ${when}` })),
};

/** @throws HttpError BAD_TIME_RANGE */
export function spanOf({ from, to }: { readonly from?: string; readonly to?: string }) {
  const fromNs = from === undefined ? undefined : parseInstantNs(from, "from");
  const toNs = to === undefined ? undefined : parseInstantNs(to, "to");
  if (fromNs !== undefined && toNs !== undefined && fromNs > toNs)
    throw new HttpError("BAD_TIME_RANGE", "from is after to", "from");
  return {
    ...(fromNs === undefined ? {} : { fromNs }),
    ...(toNs === undefined ? {} : { toNs }),
  };
}
