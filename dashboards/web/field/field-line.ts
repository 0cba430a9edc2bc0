import { signal } from "@preact/signals";
import { get, me, path, post, sendFile } from "../api-client.ts";
import { askWhoIAm } from "../session.ts";
import type { ListOf } from "../types.ts";
import type { Media, MyWorkItem, SyncReply } from "./field-types.ts";
import type { FieldLine } from "./sync-field.ts";

const commandsTimeoutMs = 60_000;
const photoTimeoutMs = 5 * 60_000;

/** Tickets of the engineer whose work orders the server could not put together last. */
export const orderProblems = signal<readonly string[]>([]);

/** The interface over HTTP. `engineerOf`: whose work is asked for where that is not said by the login. */
export const fieldLine = (engineerOf: () => string | undefined): FieldLine => ({
  async whoAmI() {
    await askWhoIAm();
    return me.value?.username ?? null;
  },
  send: (request) =>
    post<SyncReply>("/field/sync", request, AbortSignal.timeout(commandsTimeoutMs)),
  upload({ ticketId, kind, purpose, localId, blob }) {
    const query = new URLSearchParams({ kind, purpose, commandId: localId });
    const to = `${path`/tickets/${ticketId}/media`}?${query}`;
    return sendFile<Media>(to, blob, AbortSignal.timeout(photoTimeoutMs));
  },
  async myWork(have) {
    const query = new URLSearchParams(have.map((one) => ["have", one]));
    const engineerId = engineerOf();
    if (engineerId) query.set("engineer", engineerId);
    const { items } = await get<ListOf<MyWorkItem>>(`/field/my-work?${query}`);
    orderProblems.value = items.flatMap(({ ticketId, problem }) => (problem ? [ticketId] : []));
    return items;
  },
});
