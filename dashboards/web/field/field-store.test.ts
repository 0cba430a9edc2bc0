import { beforeEach, describe, expect, test } from "vitest";
import { type FieldStore, openFieldStore } from "./field-store.ts";
import type { Draft, HeldOrder, Photo, Step } from "./field-types.ts";
import { memoryStores } from "./memory-stores.fixture.ts";

const at = "2026-03-02T08:00:00.000Z";
const user = "e-1";
const orderOf = (ticketId: string, owner = user): HeldOrder => ({
  ...{ user: owner, ticketId, etag: "e", fetchedAt: at, isMine: true, rank: 0 },
  order: { ticketId } as HeldOrder["order"],
});
const draftOf = (ticketId: string, owner = user): Draft => ({
  ...{ user: owner, ticketId, visitKey: "1", savedAt: at },
});
const photoOf = (localId: string, ticketId: string, more: Partial<Photo>): Photo => ({
  ...{ localId, user, ticketId, kind: "photo", purpose: "report", at },
  ...more,
});
const stepOf = (ticketId: string): Omit<Step, "seq"> => ({
  ...{ user, commandId: `c-${ticketId}`, ticketId, type: "note", body: {}, at },
  ...{ watch: { id: "w", ms: 0 }, status: "waiting", tries: 0 },
});

describe("what lies on an engineer's phone", () => {
  let store: FieldStore;
  let rows: ReturnType<typeof memoryStores>["rows"];
  beforeEach(() => {
    const disk = memoryStores();
    store = openFieldStore(disk.transact);
    rows = disk.rows;
  });
  const take = (orders: readonly HeldOrder[], { isStill = true, mine = [""] } = {}) => {
    const all = new Set([...orders.map(({ ticketId }) => ticketId), ...mine]);
    return store.takeOrders(user, orders, { mine: all, mayTake: () => isStill });
  };
  const ticketsIn = (name: string) =>
    (rows(name) as { ticketId: string }[]).map(({ ticketId }) => ticketId).sort();

  test("drafts and sent photos of a finished order go, though a log-out took the order before", async () => {
    await take([orderOf("T-1"), orderOf("T-2")]);
    await store.putDraft(draftOf("T-1"));
    await store.putDraft(draftOf("T-2"));
    await store.putPhoto(photoOf("p-1", "T-1", { mediaId: "m-1" }));
    await store.putPhoto(photoOf("p-2", "T-2", { mediaId: "m-2" }));
    await store.dropOrders(user);
    await take([orderOf("T-2")]);
    expect(ticketsIn("drafts")).toEqual(["T-2"]);
    expect(ticketsIn("photos")).toEqual(["T-2"]);
  });

  test("what is not sent yet stays with its draft, and so does what is another's", async () => {
    await store.putDraft(draftOf("T-1"));
    await store.addStep(stepOf("T-1"));
    await store.putDraft(draftOf("T-2"));
    await store.putPhoto(photoOf("p-2", "T-2", { blob: new Blob(["x"]) }));
    await store.putDraft(draftOf("T-3", "e-2"));
    await take([]);
    expect(ticketsIn("drafts")).toEqual(["T-1", "T-2", "T-3"]);
    expect(ticketsIn("photos")).toEqual(["T-2"]);
    expect(ticketsIn("steps")).toEqual(["T-1"]);
  });

  test("a ticket that is still the engineer's keeps all, though its order could not be put together", async () => {
    await take([orderOf("T-1"), orderOf("T-2")]);
    await store.putDraft(draftOf("T-1"));
    await take([orderOf("T-2")], { mine: ["T-1"] });
    expect(rows("orders")).toMatchObject([
      { ticketId: "T-1", isMine: true },
      { ticketId: "T-2", isMine: true },
    ]);
    expect(ticketsIn("drafts")).toEqual(["T-1"]);
  });

  test("the words of a report count as sent once a step holds them, and no more when more are written", async () => {
    const draft = { ...draftOf("T-1"), isUnsent: true };
    await store.putDraft(draft);
    await store.addStep({ ...stepOf("T-1"), type: "save-report" });
    expect(rows("drafts")).toMatchObject([{ isUnsent: false }]);
    await store.putDraft(draft);
    await store.addStep(stepOf("T-1"));
    expect(rows("drafts")).toMatchObject([{ isUnsent: true }]);
  });

  test("orders that come after a log-out are not taken", async () => {
    await store.dropOrders(user);
    expect(await take([orderOf("T-1")], { isStill: false })).toBe(false);
    expect(rows("orders")).toEqual([]);
  });
});
