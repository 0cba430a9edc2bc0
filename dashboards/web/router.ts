import { computed, signal } from "@preact/signals";

/** The pages, and what their address says. */
export type Route =
  | { readonly page: "fleet" }
  | { readonly page: "machine"; readonly machineId: string }
  | { readonly page: "tickets" }
  | { readonly page: "ticket"; readonly ticketId: string }
  | { readonly page: "quarantine" }
  | { readonly page: "missing" };

function decode(part: string): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
}

/** The page for a path. Pure. */
export function routeOf(path: string): Route {
  const [first = "", second, ...rest] = path.split("/").filter((part) => part !== "");
  const id = second === undefined ? undefined : decode(second);
  if (rest.length > 0 || (second !== undefined && id === undefined)) return { page: "missing" };
  if (id !== undefined) {
    if (first === "machines") return { page: "machine", machineId: id };
    if (first === "tickets") return { page: "ticket", ticketId: id };
    return { page: "missing" };
  }
  if (first === "" || first === "machines" || first === "login") return { page: "fleet" };
  if (first === "tickets") return { page: "tickets" };
  if (first === "quarantine") return { page: "quarantine" };
  return { page: "missing" };
}

export const machinePath = (machineId: string): string =>
  `/machines/${encodeURIComponent(machineId)}`;
export const ticketPath = (ticketId: string): string => `/tickets/${encodeURIComponent(ticketId)}`;

const isBrowser = typeof location !== "undefined";
const address = signal(isBrowser ? location.pathname : "/");
export const route = computed(() => routeOf(address.value));

export function goTo(path: string): void {
  history.pushState(null, "", path);
  address.value = location.pathname;
  scrollTo(0, 0);
  document.getElementById("main")?.focus({ preventScroll: true });
}

/** Follows our own links without loading the page again; everything else is the browser's. */
export function followLinks(): void {
  addEventListener("popstate", () => {
    address.value = location.pathname;
  });
  document.addEventListener("click", (event) => {
    if (event.defaultPrevented || event.button !== 0) return;
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const link = event.target instanceof Element ? event.target.closest("a") : null;
    if (!link || link.target || link.origin !== location.origin) return;
    if (link.hash !== "" || link.pathname.startsWith("/api/")) return;
    event.preventDefault();
    goTo(link.pathname);
  });
}
