import { type Gateway, type GatewayOptions, startGateway } from "@firebreak/gateway/main.ts";
import type { BusStatus } from "@firebreak/gateway/sources/source.ts";
import { createCredential } from "@firebreak/kit/credentials.ts";
import { silentLogger } from "@firebreak/kit/logger.ts";
import { HandFedSource, tractorPlan } from "../gateway/test-source.fixture.ts";
import { temporaryFolder } from "./product.fixture.ts";

export const machineId = "M-1";

/** One CAN bus whose state a test sets by hand; speaks by itself while it is well. */
export class TalkingBus extends HandFedSource {
  override readonly name: string;
  readonly #bus: string;
  status: Partial<BusStatus> = {};
  #frames = 0;

  constructor(bus: string) {
    super();
    this.name = `socketcan ${bus}`;
    this.#bus = bus;
    this.says = { state: "open", detail: "" };
  }

  buses(): readonly BusStatus[] {
    this.#frames += 200;
    return [
      {
        bus: this.#bus,
        frames: this.#frames,
        framesPerSecond: 100.5,
        errorFrames: 0,
        lostFrames: 0,
        bitRate: 250_000,
        loadPercent: 5.2,
        lastSeenMs: Date.now(),
        unknown: [],
        ...this.status,
      },
    ];
  }
}

export interface ToldGateway {
  readonly gateway: Gateway;
  readonly buses: readonly [TalkingBus, TalkingBus];
}

/** A gateway of one machine with two buses, enrolled at the hub of this data folder, that tells its health at once. */
export async function startToldGateway(
  hub: { readonly data: string; readonly mqttPort: number },
  options: Partial<GatewayOptions> = {},
): Promise<ToldGateway> {
  const { gatewayId = "gw-1" } = options;
  const { password } = await createCredential(hub.data, gatewayId, [machineId]);
  const buses = [new TalkingBus("can0"), new TalkingBus("can1")] as const;
  const gateway = await startGateway({
    hub: { url: `mqtt://127.0.0.1:${hub.mqttPort}`, username: gatewayId, password },
    spoolFolder: temporaryFolder("told-spool"),
    machines: [{ machineId, plan: tractorPlan, sources: () => buses }],
    batchAgeMs: 100,
    syncIntervalMs: 50,
    reconnect: { minMs: 100, capMs: 500 },
    healthLookMs: 100,
    isNtpSynchronized: async () => false,
    log: silentLogger,
    ...options,
    gatewayId,
  });
  return { gateway, buses };
}
