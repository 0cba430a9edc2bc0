import type { Clock } from "@firebreak/kit/clock.ts";
import type {
  ConfigurationCommand,
  ConfigurationName,
  ConfigurationReport,
} from "@firebreak/wire/configuration.ts";
import type { GatewayFacts, RolloutTarget } from "./rollout.ts";

export interface SpeakerOptions {
  readonly storeId: string;
  readonly clock: Clock;
  readonly facts: GatewayFacts;
  /** Whether a batch of this epoch from `number` on is on the hub's disk. */
  readonly hasBatchSince: (gatewayId: string, since: { epoch: string; number: number }) => boolean;
  /** At most once; false when the gateway cannot be reached now. */
  readonly send: (gatewayId: string, command: ConfigurationCommand) => boolean;
  /** What is not answered is said again this often. */
  readonly repeatMs?: number;
}

/**
 * Says to gateways what they have not answered yet, again and again: every message may be lost. `confirm` only when a
 * batch made under the configuration is on the hub's disk.
 */
export class Speaker {
  readonly #options: SpeakerOptions;
  /** What was said to a gateway last, and when, monotonic ms. */
  readonly #said = new Map<string, { readonly what: string; readonly atMs: number }>();

  constructor(options: SpeakerOptions) {
    this.#options = options;
  }

  speak(
    { gatewayId, state, version }: RolloutTarget,
    document: (ConfigurationName & { readonly text: string }) | undefined,
    report: ConfigurationReport | undefined,
  ): void {
    if ((state !== "sent" && state !== "trying") || document === undefined) return;
    const { send, facts, clock, repeatMs = 10_000, storeId, hasBatchSince } = this.#options;
    if (!facts.isOnline(gatewayId)) return;
    const isTrial = report?.newest?.version === version && report.newest.state === "trying";
    const isProved = isTrial && report.since !== null && hasBatchSince(gatewayId, report.since);
    const what = `${isProved ? "confirm" : "try"} ${version}`;
    const said = this.#said.get(gatewayId);
    const nowMs = clock.monotonicMs();
    if (said?.what === what && nowMs - said.atMs < repeatMs) return;
    this.#said.set(gatewayId, { what, atMs: nowMs });
    const { text, ...name } = document;
    send(
      gatewayId,
      isProved ? { kind: "confirm", storeId, ...name } : { kind: "try", storeId, ...name, text },
    );
  }
}
