import { useEffect, useRef, useState } from "preact/hooks";
import { forget, type KeptMedia, keep, loadKept } from "./kept-media.ts";
import {
  isTooLarge,
  type MediaItem,
  type MediaKind,
  mediaLimits,
  uploadMedia,
} from "./media-upload.ts";

export type MediaProblem =
  | { readonly why: "tooMany" }
  | { readonly why: "tooLarge"; readonly name: string; readonly kind: MediaKind };

const itemOf = ({ id, file, kind }: KeptMedia): MediaItem => ({
  id,
  file,
  kind,
  state: "waiting",
  share: 0,
});
const keptOf = ({ id, file, kind }: MediaItem): KeptMedia => ({
  id,
  file,
  kind,
  chosenMs: Date.now(),
});

/**
 * Photos and films of a report: chosen, kept on this phone until they are sent, then sent one after another, again those
 * that failed.
 */
export function useMedia() {
  const [items, setItems] = useState<readonly MediaItem[]>([]);
  const [problem, complain] = useState<MediaProblem | undefined>(undefined);
  const [isKept, setKept] = useState(true);
  /** Of a report that was sent before its files were; undefined when there is none. */
  const [unfinished, setUnfinished] = useState<string | undefined>(undefined);
  const lastId = useRef(Date.now());
  const change = (id: number, to: Partial<MediaItem>) =>
    setItems((before) => before.map((one) => (one.id === id ? { ...one, ...to } : one)));
  const stored = (done: Promise<void>) => done.catch(() => setKept(false));

  useEffect(() => {
    loadKept(Date.now()).then(
      (kept) => {
        const code = kept.find((one) => one.code !== undefined)?.code;
        const own = kept.filter((one) => one.code === code).map(itemOf);
        setItems((before) => [...own, ...before]);
        setUnfinished(code);
      },
      () => setKept(false),
    );
  }, []);

  return {
    items,
    problem,
    isKept,
    unfinished,
    add(files: readonly File[], kind: MediaKind) {
      const tooLarge = files.find((file) => isTooLarge(file, kind));
      const fitting = files.filter((file) => !isTooLarge(file, kind));
      const room = mediaLimits.files - items.length;
      complain(
        tooLarge
          ? { why: "tooLarge", name: tooLarge.name, kind }
          : fitting.length > room
            ? { why: "tooMany" }
            : undefined,
      );
      const added = fitting.slice(0, room).map((file): MediaItem => {
        lastId.current += 1;
        return { id: lastId.current, file, kind, state: "waiting", share: 0 };
      });
      void stored(keep(added.map(keptOf)));
      setItems((before) => [...before, ...added]);
    },
    remove(id: number) {
      void stored(forget([id]));
      setItems((before) => before.filter((one) => one.id !== id));
    },
    clear() {
      void stored(forget(items.map(({ id }) => id)));
      setItems([]);
      setUnfinished(undefined);
    },
    async send(code: string) {
      const open = items.filter(({ state }) => state === "waiting" || state === "failed");
      // From now on they are this report's: a page that is opened meanwhile does not put them into another.
      void stored(keep(open.map((item) => ({ ...keptOf(item), code }))));
      for (const { id } of open) change(id, { state: "waiting", share: 0 });
      for (const item of open) {
        change(item.id, { state: "sending" });
        const state = await uploadMedia(code, item, (share) => change(item.id, { share }));
        // A page that is closed as soon as it says so does not send it once more when it is opened again.
        if (state !== "failed") await stored(forget([item.id]));
        change(item.id, { state, share: 1 });
      }
    },
  };
}
