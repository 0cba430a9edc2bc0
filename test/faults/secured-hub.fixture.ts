import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { redeemClaim } from "@firebreak/gateway/identity/redeem-claim.ts";
import { type Gateway, type GatewayOptions, startGateway } from "@firebreak/gateway/main.ts";
import type { IngestOptions } from "@firebreak/ingest/ingest-options.ts";
import { type Ingest, startIngest } from "@firebreak/ingest/start-ingest.ts";
import { silentLogger } from "@firebreak/kit/logger.ts";
import { HandFedSource, tractorPlan } from "../../gateway/test-source.fixture.ts";
import {
  claimFor,
  newFolder,
  TurnableClock,
} from "../../ingest/certificates/certificates.fixture.ts";

/** The intake of a hub with its TLS port, whose clock can be turned. */
export class SecuredHub {
  readonly data = newFolder();
  readonly clock = new TurnableClock();
  readonly #running: (() => Promise<void>)[] = [];
  #ingest: Ingest | undefined;

  async start(options: Partial<IngestOptions> = {}): Promise<this> {
    const ingest = await startIngest({
      dataFolder: this.data,
      storeId: "secured-store",
      host: "127.0.0.1",
      mqttPort: 0,
      tls: { port: 0, names: ["localhost", "127.0.0.1", "hub.example"] },
      recheckMs: 100,
      acknowledge: { spacingMs: 20, repeatMs: 500 },
      clock: this.clock,
      log: silentLogger,
      ...options,
    });
    this.#ingest = ingest;
    this.#running.push(() => ingest.stop());
    return this;
  }

  get ingest(): Ingest {
    if (this.#ingest === undefined) throw new Error("the hub was never started");
    return this.#ingest;
  }

  get url(): string {
    return `mqtts://localhost:${this.ingest.mqttsPort}`;
  }

  claim(gatewayId: string, options: Partial<Parameters<typeof claimFor>[2]> = {}): Promise<string> {
    return claimFor(this.data, gatewayId, { urls: [this.url], ...options });
  }

  /** Enrols a gateway, gets its certificate and starts it. */
  async gateway(
    gatewayId: string,
    options: Partial<GatewayOptions> = {},
  ): Promise<{ gateway: Gateway; source: HandFedSource; identity: string }> {
    const identity = newFolder();
    const claim = await this.claim(gatewayId);
    await redeemClaim({ claim, folder: identity, serialNumber: `device-of-${gatewayId}` });
    const source = new HandFedSource();
    const gateway = await startGateway({
      gatewayId,
      hub: { urls: [this.url], identityFolder: identity },
      spoolFolder: newFolder(),
      machines: [{ machineId: "M1", plan: tractorPlan, sources: () => [source] }],
      batchAgeMs: 50,
      syncIntervalMs: 20,
      reconnect: { minMs: 20, capMs: 200 },
      log: silentLogger,
      ...options,
    });
    this.#running.push(() => gateway.stop());
    return { gateway, source, identity };
  }

  /** Whom the hub refused, and why. */
  refusals(what: string): string[] {
    return this.ingest.audit
      .list()
      .filter((entry) => entry.what === what)
      .map(({ who, detail }) => `${who}: ${detail}`);
  }

  async stop(): Promise<void> {
    for (const end of this.#running.splice(0).reverse()) await end();
  }
}

/** The certificate in a file of an identity, PEM. */
export const certificateIn = (folder: string, name = "gateway.pem"): string =>
  readFileSync(join(folder, name), "utf8").replace(/^[\s\S]*?(?=-----BEGIN CERTIFICATE)/, "");

export const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8);
