import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { loadPlan } from "@firebreak/plans/load-plans.ts";
import { temporaryFolder } from "../product.fixture.ts";
import { pause } from "../seeded.fixture.ts";
import { bundle, Machine, type MachineEnd, machineNode } from "../virtual-machine.fixture.ts";

const sender = "gateway/sources/socketcan/vcan/send-frames.py";
/** Engine hours (SPN 247): 32 bits, every value is kept. */
const numbered = "18FEE500";
export const hoursPerUnit = 0.05;
/** Frames of one boot are numbered from its own million on. */
export const numbersPerBoot = 1_000_000;
const framesPerSecond = 200;
const imageMiB = 96;

export interface HubOfBoot {
  readonly port: number;
  readonly password?: string;
  /** Nobody speaks on the bus. */
  readonly isSilent?: boolean;
}

export interface Boot {
  readonly end: MachineEnd;
  /** From the start of the process to its running, ms by the machine's clock; undefined if it did not come to that. */
  readonly startMs: number | undefined;
  /** What the spool said of its opening after a stop that was none; undefined if it said nothing. */
  readonly unclean: { readonly tornBytes: number; readonly skippedRecords: number } | undefined;
  /** Frames that its bus had carried when it was last asked, some 0.1 s before the end. */
  readonly sent: number;
}

/**
 * One gateway on an ext4 disk, in a machine whose power can be cut: the emulator is killed with -9, whatever it does at
 * that moment. Its disk is a file, which the emulator writes through this computer's page cache (`cache=writeback`).
 * Everything that the machine's kernel has handed to its disk therefore survives, synced or not; everything that only
 * lay in the machine's own page cache is gone. A disk with a volatile cache of its own may lose more of what was not
 * synced; what was synced it keeps alike.
 */
export class GatewayMachine {
  readonly gatewayId = "POWERCUT-GW";
  readonly machineId = "POWERCUT-1";
  readonly #folder = temporaryFolder("power-cut");
  readonly #image = join(this.#folder, "disk.img");
  readonly #plan = writePlan(join(this.#folder, "numbered"));
  readonly #program: string;
  #boots = 0;
  #machine: Machine | undefined;

  private constructor(program: string) {
    this.#program = program;
    writeFileSync(this.#image, "");
    const PATH = `${process.env.PATH}:/usr/sbin:/sbin`;
    const made = spawnSync("mkfs.ext4", ["-q", "-F", this.#image, `${imageMiB}M`], {
      encoding: "utf8",
      env: { ...process.env, PATH },
    });
    if (made.status !== 0) throw new Error(`no ext4: ${made.error ?? made.stderr}`);
  }

  static async create(): Promise<GatewayMachine> {
    return new GatewayMachine(
      await bundle("gateway", "cli/commands/gateway.ts", ["gateway/settings-process.ts"]),
    );
  }

  /**
   * Starts the machine, in it the gateway and, once that listens, a sender on its bus. The power goes when `life` ends,
   * which is told when the gateway's process starts.
   */
  async boot(hub: HubOfBoot, life: (started: Promise<void>) => Promise<void>): Promise<Boot> {
    const config = this.#writeConfig(hub);
    const first = this.#boots++ * numbersPerBoot;
    let startedMs: number | undefined;
    let sent = 0;
    let start = () => {};
    const started = new Promise<void>((resolve) => {
      start = resolve;
    });
    const machine = new Machine({
      options: ["--net", "--disk", this.#image, "-m", "768", "-c", "1", "-t", "900"],
      command: this.#command(config, hub.isSilent ? undefined : first),
      onLine: (line) => {
        const [word, value] = line.split(" ");
        if (word === "sent") sent = Number(value);
        if (word !== "started") return;
        startedMs = Number(value);
        start();
      },
    });
    this.#machine = machine;
    const endsItself = await Promise.race([
      life(started).then(() => false),
      machine.ended.then(() => true),
    ]);
    const end = await machine.stop();
    if (endsItself) throw new Error(`the machine ended with ${end.code}:\n${end.stderr}`);
    return { end, sent, ...told(end.stderr, startedMs) };
  }

  /** For the end of a test that failed. */
  async stop(): Promise<void> {
    await this.#machine?.stop();
  }

  #writeConfig({ port, password = "any" }: HubOfBoot): string {
    const file = join(this.#folder, "gateway.json");
    writeFileSync(join(this.#folder, "password"), password, { mode: 0o600 });
    const settings = {
      version: 1,
      gatewayId: this.gatewayId,
      hub: { url: `mqtt://10.0.2.2:${port}`, passwordFile: "password" },
      // Almost always something is on its way to the disk.
      spool: { folder: "/run/disk/spool", maxBytes: 48 * 1024 * 1024, syncIntervalMs: 50 },
      batchAgeMs: 100,
      machines: [
        {
          machineId: this.machineId,
          plan: this.#plan,
          sources: [{ kind: "socketcan", interface: "vcan0" }],
        },
      ],
    };
    writeFileSync(file, JSON.stringify(settings));
    return file;
  }

  #command(config: string, first: number | undefined): string {
    const speak = `
      {
        until grep -q '^ *vcan0 ' /proc/net/can/rcvlist_all; do sleep 0.1; done
        echo "3600 vcan0=${framesPerSecond} id=${numbered} first=${first}"
        sleep 3600
      } | /usr/bin/python3 -S -E ${sender} &
      exec 9<> <(:)
      while ! read -rt 0.1 -u 9 _; do
        read -r count < /sys/class/net/vcan0/statistics/rx_packets
        echo "sent $count"
      done &`;
    const args = JSON.stringify(["--config", config]);
    const gateway = `import("${this.#program}").then((m) => m.create().parseAsync(${args}, { from: "user" }))`;
    return `
      mkdir -p /run/disk && mount -t ext4 /dev/vda /run/disk || exit 1
      ${first === undefined ? "" : speak}
      echo "started $(date +%s%3N)"
      export FIREBREAK_LOG=info
      # As a service manager does: on a busy computer an emulated processor does not read its settings within a minute.
      while :; do
        ${machineNode} -e '${gateway}' 2> >(tee /run/said >&2)
        code=$?
        sleep 1
        grep -q SETTINGS_NOT_READ /run/said || exit $code
      done`;
  }
}

/** A plan with one signal: an emulated processor takes seconds to read a whole machine. */
function writePlan(folder: string): string {
  const { acquisition, service, rules: _, ...head } = loadPlan("loader-tractor");
  const { engineTotalHoursOfOperation: hours } = acquisition.signals;
  const { productType, tier, emergency } = service;
  const plan = {
    ...head,
    plan: "numbered",
    acquisition: { maker: "made up", models: ["made up"], signals: { hours } },
    rules: { contexts: {}, rules: [] },
    service: { productType, tier, emergency, failureModes: {} },
  };
  mkdirSync(folder);
  writeFileSync(join(folder, "plan.yaml"), JSON.stringify(plan));
  return folder;
}

function told(stderr: string, startedMs: number | undefined): Pick<Boot, "startMs" | "unclean"> {
  const lines = stderr
    .split("\n")
    .filter((line) => line.startsWith("{") && line.endsWith("}"))
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  const running = lines.find(({ msg }) => msg === "gateway is running");
  const unclean = lines.find(({ msg }) => msg === "log was not closed cleanly");
  return {
    startMs: running && startedMs !== undefined ? Number(running.time) - startedMs : undefined,
    unclean: unclean as Boot["unclean"],
  };
}

/** Resolves once `isSo`, looked at every 50 ms, and fails after `limitMs`. */
export async function until(what: string, isSo: () => boolean, limitMs = 300_000): Promise<void> {
  const endMs = performance.now() + limitMs;
  while (!isSo()) {
    if (performance.now() > endMs) throw new Error(`in vain: ${what}`);
    await pause(50);
  }
}
