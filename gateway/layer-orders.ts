import { errorCode } from "@firebreak/kit/coded-error.ts";
import type { Logger } from "@firebreak/kit/logger.ts";
import type { ConfigurationReport } from "@firebreak/wire/configuration.ts";
import {
  encodeConfigurationReport,
  parseConfigurationCommand,
} from "@firebreak/wire/configuration-codec.ts";
import { metricNames } from "@firebreak/wire/session.ts";
import { DataType } from "@firebreak/wire/sparkplug-types.ts";
import type { LayerPort } from "./gateway-options.ts";
import type { EdgeEvent, EdgeNode } from "./publish/edge-node.ts";
import type { Spool } from "./spool/spool.ts";

export interface LayerOrdersOptions {
  readonly layer: LayerPort;
  readonly spool: Spool;
  readonly edge: () => Pick<EdgeNode, "publishNode">;
  readonly log: Logger;
}

/** Carries the hub's configurations from the link to whoever keeps them, and back what came of them. */
export class LayerOrders {
  readonly #options: LayerOrdersOptions;
  /** The first batch of this run: it and all that follow are made under its configuration. */
  readonly #since: ConfigurationReport["since"];

  constructor(options: LayerOrdersOptions) {
    this.#options = options;
    const { epoch } = options.spool;
    const offered = options.spool.offer().epochs.find((one) => one.epoch === epoch);
    this.#since = { epoch, number: offered?.next ?? 1 };
  }

  onEvent(event: EdgeEvent): void {
    // Once more at every session: what was said without one was not heard.
    if (event.kind === "session") this.tell();
    if (event.kind !== "order" || event.metric !== metricNames.configuration) return;
    const { layer, spool, log } = this.#options;
    try {
      const { storeId, isStorageFailing } = spool;
      layer.take(parseConfigurationCommand(event.text), { storeId, isStorageFailing });
    } catch (err) {
      log.warn({ err, code: errorCode(err) }, "a configuration of the hub was not understood");
    }
  }

  tell(): void {
    const value = encodeConfigurationReport(this.#options.layer.report(this.#since));
    const metric = { name: metricNames.configurationReport, datatype: DataType.String, value };
    this.#options.edge().publishNode([metric]);
  }
}
