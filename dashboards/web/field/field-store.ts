import type { Draft, HeldOrder, NewStep, Photo, Step } from "./field-types.ts";
import { openDatabase, type Stores, transaction } from "./idb.ts";
import { inOrder, overwritten } from "./outbox.ts";

/** Settled steps that stay to be looked at, for each user. */
const keptSettled = 100;

const upgrade = (db: IDBDatabase): void => {
  db.createObjectStore("steps", { keyPath: "seq", autoIncrement: true });
  db.createObjectStore("photos", { keyPath: "localId" });
  db.createObjectStore("orders", { keyPath: ["user", "ticketId"] });
  db.createObjectStore("drafts", { keyPath: ["user", "ticketId"] });
};

/** All that the phone holds of one user. */
export interface Held {
  readonly steps: readonly Step[];
  readonly photos: readonly Photo[];
  readonly orders: readonly HeldOrder[];
  readonly drafts: readonly Draft[];
}

export type FieldStore = ReturnType<typeof openFieldStore>;

/** What engineers carry along: on the disk when a call resolves, whatever happens to tab, battery or login afterwards. */
export function openFieldStore(name = "firebreak-field") {
  const open = openDatabase(name, 1, upgrade);
  const write = async <Result>(names: string[], run: (stores: Stores) => Promise<Result>) =>
    transaction(await open, names, "readwrite", run);

  return {
    /** Everything of one user, steps in their order. */
    async load(user: string): Promise<Held> {
      const own = <Row extends { readonly user: string }>(rows: readonly Row[]) =>
        rows.filter((row) => row.user === user);
      const names = ["steps", "photos", "orders", "drafts"];
      return transaction(await open, names, "readonly", async (stores) => ({
        steps: inOrder(own(await stores.all<Step>("steps"))),
        photos: own(await stores.all<Photo>("photos")),
        orders: own(await stores.all<HeldOrder>("orders")).sort((a, b) => a.rank - b.rank),
        drafts: own(await stores.all<Draft>("drafts")),
      }));
    },

    /** Puts a step behind all others; drafts that it overwrites and nobody has seen go. */
    addStep: (step: Omit<Step, "seq"> & NewStep) =>
      write(["steps"], async (stores) => {
        const all = await stores.all<Step>("steps");
        const own = all.filter(({ user }) => user === step.user);
        for (const { seq } of overwritten(own, step)) await stores.remove("steps", seq);
        await stores.put("steps", step);
      }),

    putStep: (step: Step) => write(["steps"], (stores) => stores.put("steps", step)),
    /** What became of steps; one that was corrected or given up meanwhile stays as it is. */
    putSteps: (steps: readonly Step[]) =>
      write(["steps"], async (stores) => {
        for (const step of steps) {
          const now = await stores.get<Step>("steps", step.seq);
          if (now?.commandId === step.commandId) await stores.put("steps", step);
        }
      }),
    removeStep: (seq: number) => write(["steps"], (stores) => stores.remove("steps", seq)),
    putPhoto: (photo: Photo) => write(["photos"], (stores) => stores.put("photos", photo)),
    /** What became of a photo; one that was taken out meanwhile stays out. */
    settlePhoto: (photo: Photo) =>
      write(["photos"], async (stores) => {
        const now = await stores.get<Photo>("photos", photo.localId);
        if (now !== undefined) await stores.put("photos", photo);
      }),
    removePhoto: (localId: string) =>
      write(["photos"], (stores) => stores.remove("photos", localId)),
    putDraft: (draft: Draft) => write(["drafts"], (stores) => stores.put("drafts", draft)),

    /** The newest work orders, in place of those before; what nothing here waits for any more goes. */
    takeOrders: (user: string, orders: readonly HeldOrder[]) =>
      write(["steps", "photos", "orders", "drafts"], async (stores) => {
        const mine = new Set(orders.map(({ ticketId }) => ticketId));
        for (const order of orders) await stores.put("orders", order);
        const steps = (await stores.all<Step>("steps")).filter((one) => one.user === user);
        const photos = (await stores.all<Photo>("photos")).filter((one) => one.user === user);
        const open = new Set([
          ...steps
            .filter(({ status }) => status === "waiting" || status === "refused")
            .map(({ ticketId }) => ticketId),
          ...photos.filter(({ blob }) => blob !== undefined).map(({ ticketId }) => ticketId),
        ]);
        for (const order of await stores.all<HeldOrder>("orders")) {
          const { ticketId } = order;
          if (order.user !== user || mine.has(ticketId)) continue;
          if (open.has(ticketId)) await stores.put("orders", { ...order, isMine: false });
          else await forget(stores, { user, ticketId, photos });
        }
        const settled = inOrder(steps.filter(({ isInOrder }) => isInOrder));
        for (const { seq } of settled.slice(0, -keptSettled)) await stores.remove("steps", seq);
      }),

    /** Takes customers' names and places off the phone; what is not sent yet stays. */
    dropOrders: (user: string) =>
      write(["orders"], async (stores) => {
        for (const order of await stores.all<HeldOrder>("orders"))
          if (order.user === user) await stores.remove("orders", [user, order.ticketId]);
      }),
  };
}

async function forget(
  stores: Stores,
  of: { readonly user: string; readonly ticketId: string; readonly photos: readonly Photo[] },
): Promise<void> {
  const { user, ticketId, photos } = of;
  await stores.remove("orders", [user, ticketId]);
  await stores.remove("drafts", [user, ticketId]);
  for (const photo of photos)
    if (photo.ticketId === ticketId) await stores.remove("photos", photo.localId);
}
