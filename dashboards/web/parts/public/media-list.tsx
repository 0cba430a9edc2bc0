import { useEffect, useRef } from "preact/hooks";
import { formatNumber, formatPercent } from "../../format.ts";
import { language, textsOf } from "../../i18n/language.ts";
import { texts } from "../../i18n/pages/public-texts.ts";
import type { MediaItem, MediaKind } from "./media-upload.ts";

const { t, word } = textsOf(texts);

interface PickerProps {
  readonly kind: MediaKind;
  readonly onPick: (files: readonly File[], kind: MediaKind) => void;
}

/** Opens the camera of a phone, a file dialogue elsewhere. */
export function MediaPicker({ kind, onPick }: PickerProps) {
  return (
    <label class="button media-pick">
      <input
        type="file"
        class="unseen"
        name={kind}
        accept={kind === "photo" ? "image/*" : "video/*"}
        multiple={kind === "photo"}
        onChange={({ currentTarget }) => {
          onPick([...(currentTarget.files ?? [])], kind);
          currentTarget.value = "";
        }}
      />
      {t(kind === "photo" ? "takePhoto" : "takeVideo")}
    </label>
  );
}

interface ListProps {
  readonly items: readonly MediaItem[];
  readonly onRemove?: (id: number) => void;
}

/** Photos and films, and how far each has got. */
export function MediaList({ items, onRemove }: ListProps) {
  if (items.length === 0) return null;
  return (
    <ul class="media-list" data-testid="media">
      {items.map((item) => (
        <li key={item.id} data-state={item.state}>
          <Preview item={item} />
          <span class="media-name">
            {item.file.name}
            <small class="faint">
              {formatNumber(Math.max(0.1, item.file.size / 1_048_576), language.value, 1)} MB
            </small>
          </span>
          {onRemove ? (
            <button type="button" class="quiet" onClick={() => onRemove(item.id)}>
              {t("remove")}
            </button>
          ) : (
            <span class="media-state">{stateText(item)}</span>
          )}
          {item.state === "sending" && <progress max={1} value={item.share} />}
        </li>
      ))}
    </ul>
  );
}

const stateText = ({ state, share }: MediaItem): string =>
  state === "sending"
    ? t("media.sending", { percent: formatPercent(share, language.value) })
    : word("media", state);

/** A small picture; drawn, so that the page needs no address for it. */
function Preview({ item: { file, kind } }: { item: MediaItem }) {
  const place = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    if (kind !== "photo") return;
    createImageBitmap(file).then(
      (image) => {
        const canvas = place.current;
        const context = canvas?.getContext("2d");
        if (!canvas || !context) return;
        const scale = Math.max(canvas.width / image.width, canvas.height / image.height);
        const [width, height] = [image.width * scale, image.height * scale];
        const [x, y] = [(canvas.width - width) / 2, (canvas.height - height) / 2];
        context.drawImage(image, x, y, width, height);
        image.close();
      },
      () => undefined, // a picture this browser cannot show is sent all the same
    );
  }, [file, kind]);
  if (kind === "video")
    return (
      <svg class="media-preview" viewBox="0 0 24 24" aria-hidden="true">
        <path d="M9 7l8 5-8 5z" />
      </svg>
    );
  return <canvas ref={place} class="media-preview" width={112} height={112} />;
}
