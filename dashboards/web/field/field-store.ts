import type { Draft, HeldOrder, NewStep, Photo, Step } from "./field-types.ts";
import { openDatabase, type Stores, type Transact, transactionsOf } from "./idb.ts";
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
export function openFieldStore(
  transact: Transact = transactionsOf(() => openDatabase("firebreak-field", 1, upgrade)),
) {
  const write = <Result>(names: string[], run: (stores: Stores) => Promise<Result>) =>
    transact(names, "readwrite", run);

  return {
    /** Everything of one user, steps in their order. */
    async load(user: string): Promise<Held> {
      const own = <Row extends { readonly user: string }>(rows: readonly Row[]) =>
        rows.filter((row) => row.user === user);
      const names = ["steps", "photos", "orders", "drafts"];
      return transact(names, "readonly", async (stores) => ({
        steps: inOrder(own(await stores.all<Step>("steps"))),
        photos: own(await stores.all<Photo>("photos")),
        orders: own(await stores.all<HeldOrder>("orders")).sort((a, b) => a.rank - b.rank),
        drafts: own(await stores.all<Draft>("drafts")),
      }));
    },

    /** Puts a step behind all others; drafts that it overwrites and nobody has seen go. */
    addStep: (step: Omit<Step, "seq"> & NewStep) =>
      write(["steps", "drafts"], async (stores) => {
        if (step.type === "save-report") await noteSent(stores, step);
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

    /**
     * The newest work orders, in place of those before; what nothing here waits for any more goes: work orders, and
     * drafts and sent photos whether or not a log-out has taken their work order before. `mine`: the tickets that are
     * the engineer's, with or without a work order. False, and nothing is taken, when `mayTake` says no: it is asked
     * when the writing begins, so that what is dropped later is behind it.
     */
    takeOrders: (
      user: string,
      orders: readonly HeldOrder[],
      { mine, mayTake }: { readonly mine: ReadonlySet<string>; readonly mayTake: () => boolean },
    ): Promise<boolean> =>
      write(["steps", "photos", "orders", "drafts"], async (stores) => {
        if (!mayTake()) return false;
        for (const order of orders) await stores.put("orders", order);
        const own = async <Row extends { readonly user: string }>(name: string) =>
          (await stores.all<Row>(name)).filter((row) => row.user === user);
        const steps = await own<Step>("steps");
        const photos = await own<Photo>("photos");
        const open = new Set([
          ...steps
            .filter(({ status }) => status === "waiting" || status === "refused")
            .map(({ ticketId }) => ticketId),
          ...photos.filter(({ blob }) => blob !== undefined).map(({ ticketId }) => ticketId),
        ]);
        const isOver = ({ ticketId }: { readonly ticketId: string }) =>
          !mine.has(ticketId) && !open.has(ticketId);
        for (const order of await own<HeldOrder>("orders")) {
          if (isOver(order)) await stores.remove("orders", [user, order.ticketId]);
          else if (!mine.has(order.ticketId))
            await stores.put("orders", { ...order, isMine: false });
        }
        for (const { ticketId } of (await own<Draft>("drafts")).filter(isOver))
          await stores.remove("drafts", [user, ticketId]);
        for (const { localId } of photos.filter(isOver)) await stores.remove("photos", localId);
        const settled = inOrder(steps.filter(({ isInOrder }) => isInOrder));
        for (const { seq } of settled.slice(0, -keptSettled)) await stores.remove("steps", seq);
        return true;
      }),

    /** Takes customers' names and places off the phone; what is not sent yet stays. */
    dropOrders: (user: string) =>
      write(["orders"], async (stores) => {
        for (const order of await stores.all<HeldOrder>("orders"))
          if (order.user === user) await stores.remove("orders", [user, order.ticketId]);
      }),
  };
}

/** The words of a report are in a step from now on. */
async function noteSent(stores: Stores, of: Pick<Step, "user" | "ticketId">): Promise<void> {
  const draft = await stores.get<Draft>("drafts", [of.user, of.ticketId]);
  if (draft?.isUnsent) await stores.put("drafts", { ...draft, isUnsent: false });
}
