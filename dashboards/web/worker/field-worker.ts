import { opensPage, outdatedCaches } from "./what-to-serve.ts";

/** What the pages of the field are made of; the build puts it in, so that a new build is a new worker. */
declare const __SHELL__: readonly string[];
declare const __VERSION__: string;

interface LifeEvent {
  waitUntil(work: Promise<unknown>): void;
}
interface FetchEvent {
  readonly request: Request;
  respondWith(answer: Promise<Response>): void;
}
/** As much of a service worker's scope as is used; the library of types for pages has no workers. */
interface Scope {
  readonly location: Location;
  readonly clients: { claim(): Promise<void> };
  skipWaiting(): Promise<void>;
  addEventListener(type: "install" | "activate", listener: (event: LifeEvent) => void): void;
  addEventListener(type: "fetch", listener: (event: FetchEvent) => void): void;
}
const scope = globalThis as unknown as Scope;

const prefix = "firebreak-shell-";
const cacheName = `${prefix}${__VERSION__}`;
/** The page itself, whatever its address. */
const page = "/";
/** A line this slow is none. */
const patienceMs = 4_000;

scope.addEventListener("install", (event) => {
  const fill = async () => {
    const cache = await caches.open(cacheName);
    await cache.addAll([page, ...__SHELL__].map((url) => new Request(url, { cache: "no-cache" })));
    await scope.skipWaiting();
  };
  event.waitUntil(fill());
});

scope.addEventListener("activate", (event) => {
  const tidy = async () => {
    const own = (await caches.keys()).filter((name) => name.startsWith(prefix));
    // One build before stays: a page that is still open may load its parts.
    const old = outdatedCaches(own, cacheName);
    for (const name of old) await caches.delete(name);
    await scope.clients.claim();
  };
  event.waitUntil(tidy());
});

scope.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== scope.location.origin) return;
  if (request.mode === "navigate") {
    if (opensPage(url.pathname)) event.respondWith(openPage(request));
  } else if (url.pathname.startsWith("/assets/")) event.respondWith(asset(request));
});

/** The newest page while there is a line that carries it, else the one that was kept. */
async function openPage(request: Request): Promise<Response> {
  const cache = await caches.open(cacheName);
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), patienceMs);
  try {
    const fresh = await fetch(request, { signal: abort.signal });
    if (fresh.status < 500) return fresh;
  } catch {
    // no line
  } finally {
    clearTimeout(timer);
  }
  return (await cache.match(page)) ?? Response.error();
}

/** Names carry a hash of their content: what was kept is right. */
const asset = async (request: Request): Promise<Response> =>
  (await caches.match(request)) ?? fetch(request);
