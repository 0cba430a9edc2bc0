import { execFile } from "node:child_process";
import type { BusStatus } from "../source.ts";

/** What `ip` knows of a CAN interface beyond the counters; empty for a virtual one. */
export interface LinkDetails {
  readonly bitRate?: number;
  readonly controller?: NonNullable<BusStatus["controller"]>;
  readonly isListenOnly?: boolean;
}

const states = {
  "ERROR-ACTIVE": "error-active",
  "ERROR-WARNING": "error-warning",
  "ERROR-PASSIVE": "error-passive",
  "BUS-OFF": "bus-off",
  STOPPED: "stopped",
} as const;

/** The answer of `ip -details -json link show`, of which the shape is not trusted. */
export function parseLinkDetails(text: string): LinkDetails {
  let info: { state?: unknown; bittiming?: { bitrate?: unknown }; ctrlmode?: unknown } | undefined;
  try {
    info = (JSON.parse(text) as [{ linkinfo?: { info_data?: typeof info } }])[0]?.linkinfo
      ?.info_data;
  } catch {
    return {};
  }
  if (info === undefined || info === null) return {};
  const controller = states[info.state as keyof typeof states];
  const bitRate = info.bittiming?.bitrate;
  return {
    ...(controller ? { controller } : {}),
    ...(typeof bitRate === "number" ? { bitRate } : {}),
    ...(Array.isArray(info.ctrlmode) || controller
      ? { isListenOnly: Array.isArray(info.ctrlmode) && info.ctrlmode.includes("LISTEN-ONLY") }
      : {}),
  };
}

/** Empty where `ip` is not there or says nothing. */
export const readLinkDetails = (name: string): Promise<LinkDetails> =>
  new Promise((resolve) => {
    const args = ["-details", "-json", "link", "show", "dev", name];
    execFile("ip", args, { timeout: 2_000 }, (error, text) =>
      resolve(error ? {} : parseLinkDetails(text)),
    );
  });
