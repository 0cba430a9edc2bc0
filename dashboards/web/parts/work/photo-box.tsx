import { useEffect, useState } from "preact/hooks";
import { addPhoto, removePhoto } from "../../field/field-desk.ts";
import type { Photo } from "../../field/field-types.ts";
import { shrinkPhoto } from "../../field/shrink-photo.ts";
import type { Job } from "../../field/use-job.ts";
import { textsOf } from "../../i18n/language.ts";
import { texts } from "../../i18n/pages/work-order-texts.ts";

const { t } = textsOf(texts);

interface Props {
  readonly job: Job;
  readonly purpose: "site" | "report" | "checklist";
  readonly label: string;
  readonly photos: readonly Photo[];
  readonly onAdded?: (localId: string) => void;
}

function stateOf({ mediaId, refusedCode }: Photo): string {
  if (refusedCode !== undefined) return t("photoRefused", { code: refusedCode });
  return mediaId === undefined ? t("photoWaiting") : t("photoSent");
}

function Thumb({ photo }: { photo: Photo }) {
  const { blob, localId, mediaId } = photo;
  const [url, setUrl] = useState<string>();
  useEffect(() => {
    if (!blob) return;
    const made = URL.createObjectURL(blob);
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [localId, blob === undefined]);
  return (
    <li data-row={localId} data-state={mediaId === undefined ? "waiting" : "sent"}>
      {url ? <img src={url} alt="" /> : <span class="thumb-sent">✓</span>}
      <small>{stateOf(photo)}</small>
      {mediaId === undefined && (
        <button type="button" onClick={() => void removePhoto(localId)}>
          {t("remove")}
        </button>
      )}
    </li>
  );
}

/** Takes photos with the phone's camera and shows which have reached the server. */
export function PhotoBox({ job, purpose, label, photos, onAdded }: Props) {
  const { ticketId } = job.order;
  const take = async (files: FileList | null) => {
    for (const file of files ?? []) {
      const blob = await shrinkPhoto(file);
      const kind = file.type.startsWith("video/") ? "video" : "photo";
      const localId = await addPhoto({ ticketId, kind, purpose, blob });
      if (localId !== undefined) onAdded?.(localId);
    }
  };
  return (
    <div class="photo-box" data-testid={`photos-${purpose}`}>
      <label class="big">
        <span>{label}</span>
        <input
          class="unseen"
          type="file"
          accept="image/jpeg,image/png,image/webp,video/mp4,video/webm"
          capture="environment"
          onChange={({ currentTarget }) => {
            void take(currentTarget.files).then(() => {
              currentTarget.value = "";
            });
          }}
        />
      </label>
      {photos.length > 0 && (
        <ul class="thumbs">
          {photos.map((photo) => (
            <Thumb key={photo.localId} photo={photo} />
          ))}
        </ul>
      )}
    </div>
  );
}
