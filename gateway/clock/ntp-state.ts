import { execFile } from "node:child_process";
import { existsSync } from "node:fs";

/** Made by systemd-timesyncd at its first synchronization since boot. */
const timesyncFile = "/run/systemd/timesync/synchronized";

/**
 * Whether the system says that NTP keeps its clock, whatever daemon does it; false where it cannot say. Cheap enough
 * for once a minute.
 */
export async function isNtpSynchronized(): Promise<boolean> {
  if (existsSync(timesyncFile)) return true;
  return new Promise((resolve) => {
    // The kernel's own flag, as chrony and ntpd set it, through the one program that prints it everywhere.
    execFile(
      "timedatectl",
      ["show", "--property=NTPSynchronized", "--value"],
      { timeout: 3_000 },
      (error, stdout) => resolve(error === null && stdout.trim() === "yes"),
    );
  });
}
