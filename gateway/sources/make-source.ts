import { CandumpStream } from "./candump-stream/candump-stream.ts";
import type { CandumpStreamConfig } from "./candump-stream/candump-stream-kind.ts";
import type { RtuConfig, TcpConfig } from "./modbus/modbus-config.ts";
import { modbusRtuSource, modbusTcpSource } from "./modbus/modbus-source.ts";
import type { NmeaConfig } from "./nmea/nmea-kind.ts";
import { NmeaSource } from "./nmea/nmea-source.ts";
import type { ReplayConfig } from "./replay/replay-kind.ts";
import { ReplaySource } from "./replay/replay-source.ts";
import type { SlcanConfig } from "./slcan/slcan-kind.ts";
import { SlcanSource } from "./slcan/slcan-source.ts";
import type { SocketCanConfig } from "./socketcan/socketcan-config.ts";
import { SocketCanSource } from "./socketcan/socketcan-source.ts";
import type { Source, SourceContext } from "./source.ts";

/** A source's configuration with every default in it and every path from the root: plain data. */
export type CompleteSource =
  | TcpConfig
  | RtuConfig
  | SocketCanConfig
  | SlcanConfig
  | CandumpStreamConfig
  | NmeaConfig
  | ReplayConfig;

/** One line per protocol. Loads no schema: a gateway that runs does without. */
export function makeSource(config: CompleteSource, context: SourceContext): Source {
  switch (config.kind) {
    case "modbus-tcp":
      return modbusTcpSource(config, context);
    case "modbus-rtu":
      return modbusRtuSource(config, context);
    case "socketcan":
      return new SocketCanSource(config, context);
    case "slcan":
      return new SlcanSource(config, context);
    case "candump-stream":
      return new CandumpStream(config, context);
    case "nmea":
      return new NmeaSource(config, context);
    case "replay":
      return new ReplaySource(config, context);
  }
}
