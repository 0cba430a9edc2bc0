import { type Disk, nodeDisk } from "@firebreak/log/disk.ts";

/** The real disk, as long as no fault is set. Counts what was asked of it. */
export function failingDisk(): Disk & { code: string | undefined; asked: number } {
  const disk: Disk & { code: string | undefined; asked: number } = {
    ...nodeDisk,
    code: undefined,
    asked: 0,
    async open(path, mode) {
      const handle = await trip(() => nodeDisk.open(path, mode));
      return {
        ...handle,
        write: (parts, at) => trip(() => handle.write(parts, at)),
        sync: () => trip(() => handle.sync()),
        truncate: (bytes) => trip(() => handle.truncate(bytes)),
      };
    },
  };
  async function trip<Result>(next: () => Promise<Result>): Promise<Result> {
    disk.asked++;
    if (disk.code !== undefined) throw Object.assign(new Error(disk.code), { code: disk.code });
    return next();
  }
  return disk;
}
