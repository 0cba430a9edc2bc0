import { beforeEach, describe, expect, test } from "vitest";
import { ApiError } from "../api-client.ts";
import type { Held } from "./field-store.ts";
import type { HeldOrder, MyWorkItem, Photo, Step, SyncReply } from "./field-types.ts";
import { photoRef } from "./outbox.ts";
import { type FieldLine, type SyncSources, syncField } from "./sync-field.ts";

const at = "2026-03-02T08:00:00.000Z";
const step = (seq: number, more: Partial<Step> = {}): Step => ({
  seq,
  user: "e-1",
  commandId: `c-${seq}`,
  ticketId: "T-1",
  type: "note",
  body: {},
  at,
  watch: { id: "w", ms: 0 },
  status: "waiting",
  tries: 0,
  ...more,
});
const photo: Photo = {
  localId: "p",
  user: "e-1",
  ticketId: "T-1",
  kind: "photo",
  purpose: "site",
  at,
  blob: new Blob(["x"]),
};

describe("synchronisation", () => {
  let steps: Map<number, Step>;
  let photos: Map<string, Photo>;
  let orders: readonly HeldOrder[];
  let sent: string[][];
  let line: FieldLine;
  let isStill: boolean;
  let mine: string[];

  const store: SyncSources["store"] = {
    load: async (): Promise<Held> => ({
      steps: [...steps.values()],
      photos: [...photos.values()],
      orders,
      drafts: [],
    }),
    putSteps: async (all) => {
      for (const one of all) steps.set(one.seq, one);
    },
    settlePhoto: async (one) => {
      if (photos.has(one.localId)) photos.set(one.localId, one);
    },
    takeOrders: async (_user, all, { mine: tickets, mayTake }) => {
      mine = [...tickets];
      if (mayTake()) orders = all;
      return mayTake();
    },
  };
  const sync = () =>
    syncField({
      user: "e-1",
      store,
      line,
      now: () => at,
      stopwatch: () => ({ id: "w", ms: 0 }),
      isStill: () => isStill,
      onChange: () => undefined,
    });
  const hold = (...all: Step[]) => {
    steps = new Map(all.map((one) => [one.seq, one]));
  };
  const statuses = () => [...steps.values()].map(({ status }) => status);

  beforeEach(() => {
    [photos, orders, sent, isStill] = [new Map(), [], [], true];
    hold();
    line = {
      whoAmI: async () => "e-1",
      async send({ commands }): Promise<SyncReply> {
        const ids = (commands as Step[]).map(({ commandId }) => commandId);
        sent.push(ids);
        return {
          serverNow: at,
          answers: ids.map((commandId) => ({ commandId, status: "done" as const })),
        };
      },
      upload: async () => ({ mediaId: "m-1" }),
      myWork: async (): Promise<MyWorkItem[]> => [],
    };
  });

  test("small steps go before a photo, those that name it after it", async () => {
    hold(step(1), step(2, { body: { photoIds: [photoRef("p")] } }), step(3));
    photos.set("p", photo);
    await sync();
    expect(sent).toEqual([["c-1"], ["c-2", "c-3"]]);
    expect(statuses()).toEqual(["done", "done", "done"]);
    expect(photos.get("p")).toMatchObject({ mediaId: "m-1" });
    expect(photos.get("p")).not.toHaveProperty("blob");
  });

  test("an answer lost on the way leaves the step waiting under the same id", async () => {
    hold(step(1));
    const { send } = line;
    line = { ...line, send: () => Promise.reject(new ApiError("UNREACHABLE", 0)) };
    await expect(sync()).rejects.toMatchObject({ code: "UNREACHABLE" });
    expect([...steps.values()]).toMatchObject([{ status: "waiting", tries: 1, commandId: "c-1" }]);
    line = { ...line, send };
    await sync();
    expect(statuses()).toEqual(["done"]);
  });

  test("a step to be tried again goes once in a round, and again in the next", async () => {
    hold(step(1));
    const answers = [{ commandId: "c-1", status: "refused", whatToDo: "retry" } as const];
    let rounds = 0;
    line = {
      ...line,
      async send() {
        rounds++;
        return { serverNow: at, answers: [...answers] };
      },
    };
    await sync();
    expect([rounds, ...statuses()]).toEqual([1, "waiting"]);
    await sync();
    expect(rounds).toBe(2);
  });

  test("a step that waited for another goes as soon as that is done", async () => {
    hold(step(1), step(2));
    const isDone = new Set<string>();
    line = {
      ...line,
      async send({ commands }) {
        const answers = (commands as Step[]).map(({ commandId }) => {
          if (commandId === "c-1" && !isDone.has("c-2"))
            return { commandId, status: "refused", whatToDo: "retry" } as const;
          isDone.add(commandId);
          return { commandId, status: "done" } as const;
        });
        return { serverNow: at, answers };
      },
    };
    await sync();
    expect(statuses()).toEqual(["done", "done"]);
  });

  test("a film that no line is good enough for keeps neither steps nor new work orders back", async () => {
    hold(step(1));
    photos.set("p", photo);
    const upload = () => Promise.reject(new ApiError("UNREACHABLE", 0));
    const order = { ticketId: "T-2" } as HeldOrder["order"];
    line = { ...line, upload, myWork: async () => [{ ticketId: "T-2", etag: "e", order }] };
    await expect(sync()).rejects.toMatchObject({ code: "UNREACHABLE" });
    expect(statuses()).toEqual(["done"]);
    expect(orders.map(({ ticketId }) => ticketId)).toEqual(["T-2"]);
    expect(photos.get("p")).toMatchObject({ blob: photo.blob });
  });

  test("a photo that was taken out while it went does not come back", async () => {
    photos.set("p", photo);
    line = {
      ...line,
      async upload() {
        photos.delete("p");
        return { mediaId: "m-1" };
      },
    };
    await sync();
    expect([...photos.keys()]).toEqual([]);
  });

  test("a photo that the server will never take holds nothing up", async () => {
    hold(step(1, { body: { photoIds: [photoRef("p")] } }));
    photos.set("p", photo);
    const refuse = () => Promise.reject(new ApiError("MEDIA_TOO_LARGE", 413));
    line = { ...line, upload: refuse };
    await sync();
    expect(statuses()).toEqual(["done"]);
    expect(photos.get("p")).toMatchObject({ refusedCode: "MEDIA_TOO_LARGE" });
  });

  test("nothing goes out under the login of somebody else", async () => {
    hold(step(1));
    for (const who of [null, "e-2"]) {
      line = { ...line, whoAmI: async () => who };
      await expect(sync()).rejects.toMatchObject({ code: "NOT_LOGGED_IN" });
    }
    expect(sent).toEqual([]);
  });

  test("whoever logs out while work orders are on their way finds none on the phone", async () => {
    const myWork = async (): Promise<MyWorkItem[]> => {
      isStill = false;
      return [{ ticketId: "T-2", etag: "e", order: { ticketId: "T-2" } as HeldOrder["order"] }];
    };
    line = { ...line, myWork };
    await expect(sync()).rejects.toMatchObject({ code: "NOT_LOGGED_IN" });
    expect(orders).toEqual([]);
  });

  test("a work order that the server cannot put together stays as the phone has it", async () => {
    const order = { ticketId: "T-1" } as HeldOrder["order"];
    line = { ...line, myWork: async () => [{ ticketId: "T-1", etag: "e", order }] };
    await sync();
    const asked: string[][] = [];
    const myWork = async (have: readonly string[]): Promise<MyWorkItem[]> => {
      asked.push([...have]);
      return [
        { ticketId: "T-1", etag: "e", problem: "UNKNOWN" },
        { ticketId: "T-2", etag: "", problem: "UNKNOWN" },
      ];
    };
    line = { ...line, myWork };
    await sync();
    expect(orders).toMatchObject([{ ticketId: "T-1", etag: "e", order }]);
    expect(mine).toEqual(["T-1", "T-2"]);
    await sync();
    expect(asked).toEqual([["T-1:e"], ["T-1:e"]]);
  });

  test("what the newest orders hold is not shown twice", async () => {
    hold(step(1), step(2, { status: "refused" }));
    await sync();
    expect([...steps.values()].map(({ isInOrder }) => isInOrder)).toEqual([true, undefined]);
  });
});
