import type { ReadFleet } from "./fleet-document.ts";
import { readFleetAside } from "./read-aside.ts";
import { SourceError } from "./source-error.ts";
import type { SourceClient } from "./source-http.ts";

const maxPages = 1_000;

/**
 * All pages of a fleet, one after the other. A page that was read already ends it: some servers name the last page as
 * its own next one. @throws SourceError, CodedError AEMP_DOCUMENT
 */
export async function readSource(
  client: SourceClient,
  first: URL,
  take: (page: ReadFleet) => Promise<void>,
): Promise<void> {
  const seen = new Set<string>();
  let url: URL | undefined = first;
  while (url !== undefined && !seen.has(url.href)) {
    if (seen.size >= maxPages) throw new SourceError("too-many-pages", { pages: maxPages });
    seen.add(url.href);
    const page = await readFleetAside(await client.page(url));
    await take(page);
    url = nextOf(page, url);
  }
}

/** What signs us in goes to the host that was configured and to no other. @throws SourceError */
function nextOf({ links }: ReadFleet, current: URL): URL | undefined {
  const href = links.find(({ rel }) => rel === "next")?.href;
  if (href === undefined) return undefined;
  if (!URL.canParse(href, current.href)) throw new SourceError("no-next-page");
  const next = new URL(href, current);
  if (next.hostname !== current.hostname)
    throw new SourceError("other-host", { other: next.hostname.slice(0, 100) });
  // Behind a proxy servers name themselves by http, or by a port of their own.
  next.protocol = current.protocol;
  next.port = current.port;
  return next;
}
