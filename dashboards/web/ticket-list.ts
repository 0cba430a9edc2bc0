/** What the list of tickets can be narrowed by; each stands in the address under its name. */
export const filterNames = [
  "state",
  "kind",
  "priority",
  "trigger",
  "station",
  "engineer",
  "machine",
  "text",
] as const;

/** From the page's address to the interface's: open tickets unless it says otherwise. Pure. */
export function listQueryOf(given: URLSearchParams): string {
  const asked = new URLSearchParams();
  for (const name of filterNames) {
    const value = given.get(name) ?? (name === "state" ? "open" : "");
    if (value !== "" && !(name === "state" && value === "all")) asked.set(name, value);
  }
  return asked.toString();
}

/** Whether more than the state was asked for: then an empty list says that nothing matches. Pure. */
export const isFiltered = (given: URLSearchParams): boolean =>
  filterNames.some((name) => name !== "state" && (given.get(name) ?? "") !== "");
