import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { readGatewayConfig } from "@firebreak/gateway/config.ts";
import { systemdUnit, unitName } from "@firebreak/gateway/install/systemd-unit.ts";
import { CodedError } from "@firebreak/kit/coded-error.ts";
import { writeFileDurably } from "@firebreak/kit/files.ts";

const unitFolder = "/etc/systemd/system";
const user = "firebreak";

/** One thing that an installation does; `run` is a command line, `write` a file. */
type Step =
  | { readonly kind: "run"; readonly words: readonly string[]; readonly unless?: () => boolean }
  | { readonly kind: "write"; readonly path: string; readonly text: string }
  | { readonly kind: "folder"; readonly path: string };

/**
 * Makes the gateway of a configuration a service of this device, or with `dryRun` only says how; returns what to print.
 * @throws CodedError BAD_CONFIGURATION; INSTALL_NEEDS_OWN_FOLDER, INSTALL_NEEDS_ROOT, INSTALL_NEEDS_SYSTEMD,
 *   INSTALL_NOT_READABLE, all before anything was changed; INSTALL_FAILED, with the command that failed
 */
export function installUnit(given: { readonly config: string; readonly dryRun: boolean }): string {
  const config = resolve(given.config);
  const steps = stepsFor(config);
  if (given.dryRun) return `${steps.map(told).join("\n")}\n`;
  if (process.getuid?.() !== 0)
    throw new CodedError(
      "INSTALL_NEEDS_ROOT",
      "needs root: sudo, or --dry-run to see what it does",
    );
  if (!existsSync("/run/systemd/system"))
    throw new CodedError(
      "INSTALL_NEEDS_SYSTEMD",
      "no systemd runs here; --dry-run shows the unit, nothing was changed",
    );
  const { spoolFolder } = readGatewayConfig(config);
  for (const path of [process.execPath, script(), dirname(config), spoolFolder])
    checkReadable(path);
  for (const step of steps) take(step);
  return `${unitName} is installed and runs; journalctl -u ${unitName} -f shows what it says\n`;
}

/** The service's user gets the configuration's folder, so it must hold nothing else. */
function checkFolder(config: string): void {
  const folder = dirname(config);
  const isShared = folder.split("/").filter((part) => part !== "").length < 2;
  if (isShared || dirname(folder) === "/home")
    throw new CodedError(
      "INSTALL_NEEDS_OWN_FOLDER",
      `${config} must lie in a folder of its own, such as /etc/firebreak: ${folder} would be given to the user ${user}`,
    );
}

const script = (): string => resolve(process.argv[1] ?? "firebreak");

/** The service's user must get to a path through every folder above it. */
function checkReadable(path: string): void {
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    const found = statSync(folder, { throwIfNoEntry: false });
    if (found !== undefined && (found.mode & 0o001) === 0)
      throw new CodedError(
        "INSTALL_NOT_READABLE",
        `the user ${user} cannot get into ${folder}, where ${path} lies: put it below /opt or /etc`,
      );
    if (folder === dirname(folder)) return;
  }
}

function stepsFor(config: string): readonly Step[] {
  checkFolder(config);
  const { spoolFolder } = readGatewayConfig(config);
  const text = systemdUnit({
    node: process.execPath,
    script: script(),
    config,
    spoolFolder,
    user,
    alsoWrites: [dirname(config)],
  });
  const hasUser = () => spawnSync("id", [user]).status === 0;
  const run = (...words: string[]): Step => ({ kind: "run", words });
  return [
    {
      kind: "run",
      words: ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", user],
      unless: hasUser,
    },
    { kind: "folder", path: spoolFolder },
    run("chown", "-R", `${user}:${user}`, spoolFolder, dirname(config)),
    { kind: "write", path: join(unitFolder, unitName), text },
    run("systemctl", "daemon-reload"),
    run("systemctl", "enable", unitName),
    run("systemctl", "restart", unitName),
  ];
}

function told(step: Step): string {
  switch (step.kind) {
    case "run":
      return `# run: ${step.words.join(" ")}${step.unless?.() ? "   (not needed here)" : ""}`;
    case "folder":
      return `# folder: ${step.path}`;
    case "write":
      return `# file: ${step.path}\n${step.text}`;
  }
}

function take(step: Step): void {
  switch (step.kind) {
    case "folder":
      // Those above it are for everybody to pass through, it itself for the service alone.
      mkdirSync(dirname(step.path), { recursive: true, mode: 0o755 });
      mkdirSync(step.path, { recursive: true, mode: 0o700 });
      return;
    case "write":
      writeFileDurably(step.path, step.text, 0o644);
      return;
    case "run": {
      if (step.unless?.()) return;
      const [command = "", ...words] = step.words;
      const { status, stderr } = spawnSync(command, words, { encoding: "utf8" });
      if (status === 0) return;
      const line = step.words.join(" ");
      throw new CodedError("INSTALL_FAILED", `${line}: ${(stderr ?? "").trim()}`);
    }
  }
}
