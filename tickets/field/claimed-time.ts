import { fieldConfig } from "./field-config.ts";

/** When something was done, as a phone without a line says. */
export interface PhoneTime {
  /** The phone's clock when it was done, ISO. */
  readonly at: string;
  /** Time from then to the synchronisation by the phone's monotonic clock, ms; absent after a restart of the phone. */
  readonly elapsedMs?: number | undefined;
}

export interface ClaimLimits {
  /** The phone's clock at the synchronisation, ISO; absent: not said. */
  readonly deviceNow?: string | undefined;
  readonly serverNowMs: number;
  /** Not before this: the assignment it belongs to, ISO. */
  readonly notBefore?: string | undefined;
}

export interface Claim {
  /** As evidence, ISO: the phone's own word. */
  readonly deviceAt: string;
  /** The same moment by the server's clock, ISO. */
  readonly claimedAt: string;
  /** Within the limits: it may stop a clock. */
  readonly isUsable: boolean;
  /** Why not. */
  readonly why?: string;
}

const iso = (ms: number): string => new Date(ms).toISOString();

/**
 * When it was done by the server's clock, and whether that may be believed. The phone's clock may be wrong, so it is
 * set right by what it shows at the synchronisation; its monotonic clock, when it still runs, must say the same. A claim
 * that lies too far back, ahead of now, or before the job was given is kept as evidence and stops no clock. Pure.
 */
export function claimOf({ at, elapsedMs }: PhoneTime, limits: ClaimLimits): Claim {
  const { deviceNow, serverNowMs, notBefore } = limits;
  const skewMs = deviceNow === undefined ? 0 : serverNowMs - Date.parse(deviceNow);
  const byClockMs = Date.parse(at) + skewMs;
  const byStopwatchMs = elapsedMs === undefined ? undefined : serverNowMs - elapsedMs;
  const claimedMs = byStopwatchMs ?? byClockMs;
  const why = whyNot(claimedMs, { byClockMs, serverNowMs, notBefore });
  return {
    deviceAt: at,
    claimedAt: iso(Math.min(claimedMs, serverNowMs)),
    isUsable: why === undefined,
    ...(why === undefined ? {} : { why }),
  };
}

function whyNot(
  claimedMs: number,
  of: {
    readonly byClockMs: number;
    readonly serverNowMs: number;
    readonly notBefore: string | undefined;
  },
): string | undefined {
  const { byClockMs, serverNowMs, notBefore } = of;
  if (Math.abs(claimedMs - byClockMs) > fieldConfig.claimAheadMs)
    return "the phone's clock was changed meanwhile";
  if (claimedMs > serverNowMs + fieldConfig.claimAheadMs) return "it lies in the future";
  if (claimedMs < serverNowMs - fieldConfig.claimBackMs) return "it lies too far back";
  if (notBefore !== undefined && claimedMs < Date.parse(notBefore))
    return "it lies before the job was given";
  return undefined;
}
