import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createToken } from "@firebreak/kit/api-tokens.ts";
import { CodedError } from "@firebreak/kit/coded-error.ts";
import { createFleetCredentials } from "@firebreak/kit/credentials.ts";
import type { ScenarioTuning } from "@firebreak/simulator/scenarios/scenario-schema.ts";
import { createHubCaller, type HubCaller } from "./hub-caller.ts";
import type { HubCommand, HubMessage } from "./hub-program.ts";
import { writeTunedPlans } from "./tuned-plans.ts";

/** A hub of a scenario's own: another process on a new folder, whose clock goes on when it is told to. */
export interface ScenarioHub {
  /** Address of its broker now. */
  readonly mqttUrl: string;
  readonly caller: HubCaller;
  /** One password for all of them, each with the machine of its name. */
  enroll(machineIds: readonly string[]): Promise<string>;
  /** Its clock goes on, and what has come due is done. */
  pass(nowMs: number): Promise<void>;
  /** Ends it as a power cut does, and starts it again on its folder at the same time of its clock. */
  killAndRestart(): Promise<void>;
  /** Ends it and removes its folder. */
  close(): Promise<void>;
}

export const gatewayOf = (machineId: string): string => machineId.toLowerCase();

/**
 * @param tuned rules of plans that it has otherwise
 * @throws CodedError SCENARIO_HUB, and those of a hub that does not start
 */
export async function startScenarioHub(
  startMs: number,
  tuned: readonly ScenarioTuning[] = [],
): Promise<ScenarioHub> {
  const folder = mkdtempSync(join(tmpdir(), "firebreak-scenario-"));
  const data = join(folder, "data");
  const plansFolder = writeTunedPlans(join(folder, "plans"), tuned);
  let nowMs = startMs;
  const first = new HubProcess();
  let running: { readonly process: HubProcess; readonly at: Addresses };
  try {
    running = { process: first, at: await first.start({ data, nowMs, plansFolder }) };
  } catch (error) {
    await first.kill();
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
  const token = createToken(data, "admin");
  return {
    get mqttUrl() {
      return running.at.mqttUrl;
    },
    caller: createHubCaller(() => running.at.url, token),
    async enroll(machineIds) {
      const fleet = machineIds.map((id) => ({ gatewayId: gatewayOf(id), machines: [id] }));
      const { password = "" } = await createFleetCredentials(data, fleet, { isKeyless: false });
      return password;
    },
    async pass(toMs) {
      nowMs = toMs;
      await running.process.ask({ kind: "pass", nowMs }, "passed");
    },
    async killAndRestart() {
      await running.process.kill();
      const process = new HubProcess();
      running = { process, at: await process.start({ data, nowMs, plansFolder }) };
    },
    async close() {
      await running.process.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

interface Addresses {
  readonly url: string;
  readonly mqttUrl: string;
}

class HubProcess {
  readonly #child: ChildProcess;
  #hears: (message: HubMessage) => void = () => undefined;
  #fails: (error: Error) => void = () => undefined;

  constructor() {
    const program = join(import.meta.dirname, "hub-program.ts");
    this.#child = fork(program, [], { stdio: ["ignore", "ignore", "inherit", "ipc"] });
    this.#child.on("message", (message: HubMessage) => this.#hears(message));
    this.#child.once("exit", (code, signal) =>
      this.#fails(
        new CodedError(
          "SCENARIO_HUB",
          `the hub of the scenario ended by itself (${code ?? signal})`,
        ),
      ),
    );
  }

  async start(order: Omit<Extract<HubCommand, { kind: "start" }>, "kind">): Promise<Addresses> {
    const ready = await this.ask({ kind: "start", ...order }, "ready");
    if (ready.kind !== "ready") throw new TypeError("another answer than was waited for");
    return ready;
  }

  /** @throws CodedError what went wrong in the hub */
  ask(command: HubCommand, answer: HubMessage["kind"]): Promise<HubMessage> {
    return new Promise((resolve, reject) => {
      this.#fails = reject;
      this.#hears = (message) => {
        if (message.kind === "failed") reject(new CodedError(message.code, message.message));
        else if (message.kind === answer) resolve(message);
      };
      this.#child.send(command);
    });
  }

  async kill(): Promise<void> {
    this.#fails = () => undefined;
    this.#child.kill("SIGKILL");
    await this.#ended();
  }

  async stop(): Promise<void> {
    this.#fails = () => undefined;
    if (this.#child.connected) this.#child.send({ kind: "stop" } satisfies HubCommand);
    await this.#ended();
  }

  async #ended(): Promise<void> {
    const { exitCode, signalCode } = this.#child;
    if (exitCode === null && signalCode === null) await once(this.#child, "exit");
  }
}
