import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";

const out = (line: string) => process.stdout.write(`${line}\n`);

const isInstalled = (name: string): boolean => {
  const query = spawnSync("dpkg", ["-s", name], { encoding: "utf8" });
  return query.status === 0 && query.stdout.includes("install ok installed");
};

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
  spawnSync("apt-get", ["update", "-qq"], options);
  const install = spawnSync(
    "apt-get",
    ["install", "-y", "-qq", "--no-install-recommends", ...missing],
    options,
  );
  if (install.status !== 0)
    out(`Could not install ${missing.join(", ")}; their tests are skipped.`);
}
