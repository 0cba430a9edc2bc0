import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";

const out = (line: string) => process.stdout.write(`${line}\n`);

const isInstalled = (name: string): boolean => {
  const query = spawnSync("dpkg", ["-s", name], { encoding: "utf8" });
  return query.status === 0 && query.stdout.includes("install ok installed");
};

/** A mirror may be slow, and another process, such as the daily upgrade, may be installing. */
const patience = ["-o", "DPkg::Lock::Timeout=300", "-o", "Acquire::Retries=3"];

/**
 * Installs what the tests need beyond npm when this is root on Debian; else says what will be skipped.
 * Never fails: the tests that need a missing package skip with a printed reason (and fail when `CI` is set).
 */
export function installDebianPackages(names: readonly string[]): void {
  if (!existsSync("/etc/debian_version")) {
    out(`Not Debian: tests that need ${names.join(", ")} skip where these are missing.`);
    return;
  }
  const missing = names.filter((name) => !isInstalled(name));
  if (missing.length === 0) return;
  if (process.getuid?.() !== 0) {
    out(`Missing packages, their tests are skipped: ${missing.join(", ")} (apt-get install them)`);
    return;
  }
  out(`Installing for the tests: ${missing.join(", ")}`);
  const options = {
    stdio: "ignore",
    env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
  } as const;
  const aptGet = (...args: string[]): boolean =>
    spawnSync("apt-get", [...patience, "-qq", ...args], options).status === 0;
  const install = (...wanted: string[]): boolean =>
    aptGet("install", "-y", "--no-install-recommends", ...wanted);
  aptGet("update");
  // One that there is not must not keep the others away.
  if (!install(...missing)) for (const name of missing) install(name);
  const absent = missing.filter((name) => !isInstalled(name));
  if (absent.length > 0) out(`Could not install ${absent.join(", ")}; their tests are skipped.`);
}
