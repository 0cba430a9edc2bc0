import { describe, expect, test } from "vitest";
import { firstOf } from "./live/use-pages.ts";
import { isFiltered, listQueryOf } from "./ticket-list.ts";

const asked = (search: string) => listQueryOf(new URLSearchParams(search));

describe("the list of tickets", () => {
  test.each([
    ["", "state=open"],
    ["state=all", ""],
    ["state=waiting_parts&text=pump", "state=waiting_parts&text=pump"],
    ["show=all&engineer=me", "state=open&engineer=me"],
    [
      "station=changsha&machine=P%2F1&trigger=dtc",
      "state=open&trigger=dtc&station=changsha&machine=P%2F1",
    ],
  ])("the address %j asks for %j", (search, wanted) => expect(asked(search)).toBe(wanted));

  test("a state alone is no filter that could hide everything", () => {
    expect(isFiltered(new URLSearchParams("state=closed"))).toBe(false);
    expect(isFiltered(new URLSearchParams("text=x"))).toBe(true);
  });
});

describe("a list by pages", () => {
  const all = Array.from({ length: 450 }, (_, index) => `T-${index}`);
  const limits: number[] = [];
  const ask = async (path: string) => {
    const query = new URL(path, "http://hub").searchParams;
    const [from, limit] = [Number(query.get("cursor") ?? 0), Number(query.get("limit"))];
    limits.push(limit);
    // What came in meanwhile has pushed one item onto the next page.
    const start = Math.max(0, from - 1);
    const end = from + limit;
    return { items: all.slice(start, end), next: end < all.length ? String(end) : null };
  };
  const keyOf = (item: string) => item;

  test("is fetched as far as wanted, never more at once than the interface gives, nothing twice", async () => {
    limits.length = 0;
    const { items, next } = await firstOf(ask, "/tickets?state=open", { count: 250, keyOf });
    expect(items).toEqual(all.slice(0, 250));
    expect(next).not.toBeNull();
    expect(Math.max(...limits)).toBe(200);
  });

  test("ends where the interface ends", async () => {
    const { items, next } = await firstOf(ask, "/tickets?", { count: 1_000, keyOf });
    expect(items).toEqual(all);
    expect(next).toBeNull();
  });
});
