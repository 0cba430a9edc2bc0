import type { Media } from "@firebreak/tickets/field/media.ts";
import { useRef, useState } from "preact/hooks";
import { ApiError, may, newCommandId, path } from "../../api-client.ts";
import { formatTime } from "../../format.ts";
import { language, textsOf } from "../../i18n/language.ts";
import { texts } from "../../i18n/pages/ticket-texts.ts";
import { useResource } from "../../live/use-resource.ts";
import type { ListOf } from "../../types.ts";
import { Problem } from "../problem.tsx";

const { t, word } = textsOf(texts);

const contentPath = (mediaId: string) => `/api/v1${path`/media/${mediaId}/content`}`;

async function upload(ticketId: string, file: File): Promise<void> {
  const body = new FormData();
  body.append("file", file);
  const kind = file.type.startsWith("video/") ? "video" : "photo";
  const query = new URLSearchParams({ kind, purpose: "site", commandId: newCommandId() });
  const reply = await fetch(`/api/v1${path`/tickets/${ticketId}/media`}?${query}`, {
    method: "POST",
    body,
    credentials: "same-origin",
  }).catch(() => undefined);
  if (reply?.ok) return;
  const said = await reply?.json().catch(() => undefined);
  throw new ApiError(said?.code ?? "UNREACHABLE", reply?.status ?? 0, said ?? {});
}

/** Photos and films of a ticket, from customers and from the field. */
export function MediaCard({ ticketId, isOpen }: { ticketId: string; isOpen: boolean }) {
  const media = useResource<ListOf<Media>>(path`/tickets/${ticketId}/media`);
  const [isSending, setSending] = useState(false);
  const [error, setError] = useState<ApiError>();
  const input = useRef<HTMLInputElement>(null);
  const items = media.data?.items ?? [];
  const mayAdd = isOpen && may("tickets.intake");
  if (items.length === 0 && !mayAdd) return null;
  const send = async (file: File | undefined) => {
    if (!file) return;
    setSending(true);
    setError(undefined);
    try {
      await upload(ticketId, file);
    } catch (problem) {
      if (problem instanceof ApiError) setError(problem);
    }
    setSending(false);
    if (input.current) input.current.value = "";
    media.reload();
  };
  return (
    <section class="card" data-testid="media">
      <div class="card-head">
        <h2>{t("media")}</h2>
        {mayAdd && (
          <label class="upload">
            <input
              ref={input}
              class="unseen"
              type="file"
              accept="image/jpeg,image/png,image/webp,video/mp4,video/quicktime,video/webm"
              disabled={isSending}
              onChange={(event) => void send(event.currentTarget.files?.[0])}
            />
            <span>{t(isSending ? "sending" : "addMedia")}</span>
          </label>
        )}
      </div>
      <Problem error={error ?? media.error} />
      {items.length > 0 && (
        <ul class="media">
          {items.map(({ mediaId, kind, purpose, at }) => {
            const about = `${word("media", kind)}, ${word("purpose", purpose)}, ${formatTime(at, language.value)}`;
            return (
              <li key={mediaId} data-row={mediaId}>
                <a href={contentPath(mediaId)} target="_blank" rel="noopener" title={about}>
                  {kind === "video" ? (
                    <span class="film">{about}</span>
                  ) : (
                    <img src={contentPath(mediaId)} alt={about} loading="lazy" />
                  )}
                </a>
              </li>
            );
          })}
        </ul>
      )}
    </section>
  );
}
