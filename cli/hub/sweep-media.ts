import type { Logger } from "@firebreak/kit/logger.ts";
import type { MediaDesk } from "@firebreak/tickets/field/media-desk.ts";

const dayMs = 24 * 3600_000;

/** Once a day, and at the start: files that no ticket names go. Returns the way to stop. */
export function sweepMediaDaily(media: Pick<MediaDesk, "sweep">, log: Logger): () => void {
  const sweep = () =>
    media.sweep().then(
      (removed) => log.info({ removed }, "media folder swept"),
      (error: unknown) => log.error({ err: error }, "media folder could not be swept"),
    );
  void sweep();
  const timer = setInterval(() => void sweep(), dayMs);
  timer.unref();
  return () => clearInterval(timer);
}
