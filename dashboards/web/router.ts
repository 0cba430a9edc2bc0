import { computed, signal } from "@preact/signals";

/** Every address and its page; `:name` is a part that varies, escaped in the address. One line per page. */
const patterns = [
  ["/", "fleet"],
  ["/machines", "fleet"],
  ["/login", "fleet"],
  ["/machines/:machineId", "machine"],
  ["/tickets", "tickets"],
  ["/tickets/:ticketId", "ticket"],
  ["/work", "work"],
  ["/work/:ticketId", "workOrder"],
  ["/quarantine", "quarantine"],
  ["/board", "board"],
  ["/parts", "parts"],
  ["/parts/:partNo", "part"],
  ["/transfers", "transfers"],
  ["/plans", "plans"],
  ["/plans/:planId", "plan"],
  ["/users", "users"],
  ["/account", "account"],
  ["/figures", "figures"],
  ["/follow-up", "followUp"],
  ["/lessons", "lessons"],
  ["/r", "report"],
  ["/r/:serialNumber", "report"],
  ["/p/:code", "progress"],
  ["/rate/:code", "rate"],
  ["/people", "people"],
  ["/people/:engineerId", "engineer"],
  ["/customers", "customers"],
  ["/customers/:customerId", "customer"],
  ["/machine-files", "machine-files"],
  ["/machine-files/:machineId", "machine-file"],
  ["/machine-files/:machineId/code", "machine-code"],
  ["/regions", "regions"],
  ["/exchange", "exchange"],
  ["/telemetry", "telemetry"],
  ["/iso15143", "iso15143"],
  ["/audit", "audit"],
  ["/gateways", "gateways"],
  ["/channels", "channels"],
  ["/configurations", "configurations"],
] as const;

export type PageName = (typeof patterns)[number][1] | "missing";

/** A page and what its address says, by name. */
export interface Route {
  readonly page: PageName;
  readonly params: Readonly<Record<string, string>>;
}

function decode(part: string): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
}

const partsOf = (path: string): string[] => path.split("/").filter((part) => part !== "");

function match(pattern: string, parts: readonly string[]): Record<string, string> | undefined {
  const wanted = partsOf(pattern);
  if (wanted.length !== parts.length) return undefined;
  const params: Record<string, string> = {};
  for (const [index, name] of wanted.entries()) {
    const part = parts[index] ?? "";
    if (!name.startsWith(":")) {
      if (name !== part) return undefined;
      continue;
    }
    const value = decode(part);
    if (value === undefined) return undefined;
    params[name.slice(1)] = value;
  }
  return params;
}

/** The page for a path. Pure. */
export function routeOf(path: string): Route {
  const parts = partsOf(path);
  for (const [pattern, page] of patterns) {
    const params = match(pattern, parts);
    if (params) return { page, params };
  }
  return { page: "missing", params: {} };
}

export const machinePath = (machineId: string): string =>
  `/machines/${encodeURIComponent(machineId)}`;
export const ticketPath = (ticketId: string): string => `/tickets/${encodeURIComponent(ticketId)}`;
export const engineerPath = (engineerId: string): string =>
  `/people/${encodeURIComponent(engineerId)}`;
export const customerPath = (customerId: string): string =>
  `/customers/${encodeURIComponent(customerId)}`;
export const machineFilePath = (machineId: string): string =>
  `/machine-files/${encodeURIComponent(machineId)}`;
export const workPath = (ticketId: string): string => `/work/${encodeURIComponent(ticketId)}`;

const isBrowser = typeof location !== "undefined";
const address = signal(isBrowser ? location.pathname : "/");
const search = signal(isBrowser ? location.search : "");
export const route = computed(() => routeOf(address.value));
/** What stands behind the `?` of the address. */
export const query = computed(() => new URLSearchParams(search.value));

const readAddress = () => {
  address.value = location.pathname;
  search.value = location.search;
};

export function goTo(path: string): void {
  history.pushState(null, "", path);
  readAddress();
  scrollTo(0, 0);
  document.getElementById("main")?.focus({ preventScroll: true });
}

/** Puts filters into the address without a new entry in the history, so that a page can be sent as a link. */
export function setQuery(values: Readonly<Record<string, string | undefined>>): void {
  const next = new URLSearchParams(search.value);
  for (const [name, value] of Object.entries(values)) {
    if (value === undefined || value === "") next.delete(name);
    else next.set(name, value);
  }
  const text = next.toString();
  history.replaceState(null, "", text === "" ? location.pathname : `?${text}`);
  readAddress();
}

/** Follows our own links without loading the page again; everything else is the browser's. */
export function followLinks(): void {
  addEventListener("popstate", readAddress);
  document.addEventListener("click", (event) => {
    if (event.defaultPrevented || event.button !== 0) return;
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const link = event.target instanceof Element ? event.target.closest("a") : null;
    if (!link || link.target || link.origin !== location.origin || link.hasAttribute("download"))
      return;
    if (link.hash !== "" || link.pathname.startsWith("/api/")) return;
    event.preventDefault();
    goTo(`${link.pathname}${link.search}`);
  });
}
