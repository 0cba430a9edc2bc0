import type { Clock } from "@firebreak/kit/clock.ts";
import { CodedError } from "@firebreak/kit/coded-error.ts";
import type { Database } from "@firebreak/kit/database.ts";
import { once, type ServiceWork } from "../service-work.ts";
import { createTicketIds, type TicketIds } from "../ticket-ids.ts";
import { loadTicket } from "../ticket-store.ts";
import type { Actor } from "../vocabulary.ts";
import { fieldConfig } from "./field-config.ts";
import {
  addMedia,
  isMediaNamed,
  type Media,
  type MediaFor,
  mediaOf,
  requireMedia,
} from "./media.ts";
import type { MediaFiles, MediaWish } from "./media-files.ts";

/** Photos and films of tickets; it authorises nothing, the routes do. */
export interface MediaDesk {
  readonly files: MediaFiles;
  /**
   * A whole upload: the file first, then its row. The same `commandId` again gives the stored answer.
   * @throws CodedError of `MediaFiles.keep`, TICKET_UNKNOWN, MEDIA_TICKET_FULL
   */
  upload(
    stream: AsyncIterable<Uint8Array>,
    order: MediaWish & MediaFor & { readonly actor: Actor; readonly commandId: string },
  ): Promise<Media>;
  list(ticketId: string): Promise<Media[]>;
  find(mediaId: string): Promise<Media>;
  /** Removes files that no row names; returns how many. */
  sweep(): Promise<number>;
}

export function createMediaDesk(options: {
  readonly db: Database;
  readonly files: MediaFiles;
  readonly clock: Clock;
  readonly ids?: TicketIds;
}): MediaDesk {
  const { db, files, clock, ids = createTicketIds(clock.nowMs) } = options;
  return {
    files,
    async upload(stream, { actor, commandId, ticketId, purpose, ...wish }) {
      if (!(await loadTicket(db, ticketId))) throw unknownTicket(ticketId);
      const file = await files.keep(stream, wish);
      return db.transaction((tx) => {
        const nowMs = clock.nowMs();
        const work: ServiceWork = { tx, actor, nowMs, at: new Date(nowMs).toISOString(), ids };
        const command = { commandId, name: "media.add", subject: ticketId };
        return once(work, command, () => addMedia(work, file, { ticketId, purpose }));
      });
    },
    list: (ticketId) => mediaOf(db, ticketId),
    find: (mediaId) => requireMedia(db, mediaId),
    sweep: () =>
      files.sweep((sha256) => isMediaNamed(db, sha256), clock.nowMs() - fieldConfig.orphanAfterMs),
  };
}

const unknownTicket = (ticketId: string) =>
  new CodedError("TICKET_UNKNOWN", `there is no ticket ${ticketId}`);
