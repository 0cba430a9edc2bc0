import { randomBytes } from "node:crypto";
import { closeSync, openSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { CodedError, errorCode } from "./coded-error.ts";
import { isDiskTrouble, makeFolder } from "./files.ts";

/** Who wrote a lock: enough to tell a living holder from a later process that was given the same number. */
interface Holder {
  readonly pid: number;
  /** Clock ticks from boot to the start of the process; empty where the system does not tell. */
  readonly startTicks: string;
  /** The first part of the boot's id; start ticks of another boot say nothing. */
  readonly boot: string;
}

export interface FolderLock {
  release(): void;
}

const LOCK_NAME = /^lock\.(\d+)\.(\d*)\.([0-9a-f]*)\.[0-9a-f]{8}$/;

/**
 * Makes this process the only user of a folder (created if absent) until `release` or its death, however it dies.
 *
 * Everyone first leaves a file named after himself and then looks for others, so of two at the same instant at least
 * one sees the other: never two holders, at worst none. The name says all, so the lock needs no free block on a full
 * disk, and there is no content that could be torn. Processes of other containers are not seen: give each its folder.
 * @throws CodedError FOLDER_IN_USE (retryable) naming the holder's pid; the system's error if the folder is read-only.
 */
export function lockFolder(folder: string): FolderLock {
  makeFolder(folder);
  const boot = bootId();
  const own = `lock.${process.pid}.${startTicksOf(process.pid)}.${boot}.${randomBytes(4).toString("hex")}`;
  const path = join(folder, own);
  closeSync(openSync(path, "wx", 0o600));
  try {
    for (const name of readdirSync(folder)) {
      const holder = name === own ? undefined : parseHolder(name);
      if (!holder) continue;
      if (isAlive(holder, boot)) throw inUse(folder, holder.pid);
      rmSync(join(folder, name), { force: true });
    }
  } catch (error) {
    rmSync(path, { force: true });
    throw error;
  }
  return { release: () => rmSync(path, { force: true }) };
}

/** A lock that may still have to be taken. */
export interface LaterLock extends FolderLock {
  /**
   * Takes the lock if that was not possible before; call it before anything is written.
   * @throws as `lockFolder`
   */
  ensure(): void;
}

/**
 * Like `lockFolder`, also on a disk that takes nothing: there it only sees that nobody else has the folder, and
 * `ensure` takes the lock once the disk can be written.
 * @throws CodedError FOLDER_IN_USE (retryable)
 */
export function lockFolderWhenWritable(folder: string): LaterLock {
  let lock: FolderLock | undefined;
  const ensure = () => {
    lock ??= lockFolder(folder);
  };
  try {
    ensure();
  } catch (error) {
    if (!isDiskTrouble(error)) throw error;
    const pid = holderOfFolder(folder);
    if (pid !== undefined) throw inUse(folder, pid);
  }
  return { ensure, release: () => lock?.release() };
}

/** The process that has a folder now; undefined while nobody has. */
export const holderOfFolder = (folder: string): number | undefined => {
  const boot = bootId();
  return holdersOf(folder).find((one) => isAlive(one, boot))?.pid;
};

function holdersOf(folder: string): Holder[] {
  try {
    return readdirSync(folder).flatMap((name) => parseHolder(name) ?? []);
  } catch (error) {
    if (errorCode(error) === "ENOENT") return [];
    throw error;
  }
}

function inUse(folder: string, pid: number): CodedError {
  const message = `${folder} is in use by process ${pid}`;
  return new CodedError("FOLDER_IN_USE", message, { retryable: true });
}

function parseHolder(name: string): Holder | undefined {
  const [, pid, startTicks, boot] = LOCK_NAME.exec(name) ?? [];
  if (pid === undefined || startTicks === undefined || boot === undefined) return undefined;
  return { pid: Number(pid), startTicks, boot };
}

function isAlive(holder: Holder, boot: string): boolean {
  if (holder.boot !== boot) return false;
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    // EPERM: it lives, under another user.
    if (errorCode(error) !== "EPERM") return false;
  }
  const startTicks = startTicksOf(holder.pid);
  return startTicks === "" || holder.startTicks === "" || startTicks === holder.startTicks;
}

/** Field 22 of /proc/<pid>/stat, or empty. A zombie counts as absent: it holds no file any more. */
function startTicksOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    // The command's name, field 2, may itself hold spaces and parentheses: count from the last one.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return fields[0] === "Z" ? "0" : (fields[19] ?? "");
  } catch {
    return "";
  }
}

function bootId(): string {
  try {
    return readFileSync("/proc/sys/kernel/random/boot_id", "latin1").slice(0, 8);
  } catch {
    return "";
  }
}
