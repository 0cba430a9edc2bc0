import { type ReadableSegment, type ReadResult, SegmentCatalog } from "./catalog.ts";
import type { DamagedStretch } from "./scan.ts";
import { type FoundSegment, findSegments } from "./segment-file.ts";

export interface LogReadResult extends ReadResult {
  /**
   * First position held when the reader last looked at the folder, as it does whenever it finds nothing more. If it is
   * above `from`, what lay between was trimmed. Records trimmed since that look may still come.
   */
  readonly oldest: number;
}

/** Reads a log that another thread or process may be writing and trimming. Takes no lock and writes nothing. */
export interface LogReader {
  /**
   * Reads on from `from`: about `maxBytes` of records, but at least one if there is one; empty when there is nothing
   * yet. Pass the writer's `synced` as `upTo`: without it records may come that a power cut would still take back,
   * and damage at the newest end cannot be told from space not yet written.
   */
  read(from: number, maxBytes: number, upTo?: number): LogReadResult;
  close(): void;
}

/** @throws CodedError LOG_VERSION_UNSUPPORTED; the system's error if the folder cannot be read. */
export function openReader(
  folder: string,
  onDamage?: (stretch: DamagedStretch, path: string) => void,
): LogReader {
  const catalog = new SegmentCatalog({
    missing: "trimmed",
    onDamage: (segment, stretch) => onDamage?.(stretch, segment.path),
  });
  refresh(catalog, folder);
  return {
    read(from, maxBytes, upTo) {
      const before = catalog.read(from, maxBytes, bound(upTo, false));
      if (before.records.length > 0) return { ...before, oldest: oldestOf(catalog) };
      // Nothing more in the files known: look whether there are new ones, or old ones sealed or trimmed.
      refresh(catalog, folder);
      const { skipped, ...rest } = catalog.read(
        before.next,
        maxBytes,
        bound(upTo, upTo !== undefined),
      );
      return { ...rest, skipped: [...before.skipped, ...skipped], oldest: oldestOf(catalog) };
    },
    close: () => catalog.close(),
  };
}

const bound = (upTo: number | undefined, exact: boolean) =>
  upTo === undefined ? { exact } : { upTo, exact };

const oldestOf = (catalog: SegmentCatalog): number => catalog.segments[0]?.base ?? 0;

/** Lists the folder anew; what is known of segments that were already sealed is kept. */
function refresh(catalog: SegmentCatalog, folder: string): void {
  const sealed = new Map<string, ReadableSegment>();
  const found = new Map<string, FoundSegment>();
  for (const segment of catalog.segments) {
    if (segment.open) continue;
    sealed.set(segment.path, segment);
    found.set(segment.path, {
      ...segment,
      reserve: undefined,
      bodyBytes: segment.end - segment.base,
    });
  }
  const open = new Map(catalog.segments.map((segment) => [segment.path, segment]));
  const listed = findSegments(folder, found);
  const segments = listed.map((segment, index) => {
    const following = listed[index + 1];
    const fresh = toReadable(segment, following);
    return sealed.get(segment.path) ?? { ...fresh, damage: open.get(segment.path)?.damage ?? [] };
  });
  const kept = new Set(segments.map((segment) => segment.path));
  for (const segment of catalog.segments) if (!kept.has(segment.path)) catalog.forget(segment);
  catalog.segments = segments;
}

/** A segment is sealed, cut to its length, before the next one is made: only the last may still be written. */
function toReadable(segment: FoundSegment, following: FoundSegment | undefined): ReadableSegment {
  const end = segment.base + segment.bodyBytes;
  const isFollowed = following?.base === end;
  return {
    ...segment,
    end,
    endSequence: isFollowed ? following.firstSequence : undefined,
    open: following === undefined,
    damage: [],
  };
}
