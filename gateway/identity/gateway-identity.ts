import { X509Certificate } from "node:crypto";
import { createBackoff } from "@firebreak/kit/backoff.ts";
import type { Clock } from "@firebreak/kit/clock.ts";
import { errorCode } from "@firebreak/kit/coded-error.ts";
import type { Logger } from "@firebreak/kit/logger.ts";
import {
  type CertificateReply,
  type CertificateState,
  enrolmentPaths,
} from "@firebreak/wire/enrolment.ts";
import type { LinkTls } from "../publish/mqtt-link.ts";
import { askHub, renewalDueMs } from "./hub-requests.ts";
import { pendingKey, promoteNext, proveKey, readIdentity, writeKeyed } from "./identity-files.ts";

/** The state of a gateway's certificate, for its status page. */
export interface CertificateStatus {
  readonly endsAt: string;
  readonly renewsAt: string;
  /** Whole days; negative when it is over. */
  readonly daysLeft: number;
  /** A renewed one is there and has not worked yet. */
  readonly isRenewalOnTrial: boolean;
  /** Why it could not be renewed at the last try; empty when all is well. */
  readonly problem: string;
}

export interface GatewayIdentityOptions {
  readonly folder: string;
  readonly urls: readonly string[];
  readonly clock: Clock;
  readonly log: Logger;
  /** A renewed certificate is there: connect with it. */
  readonly onRenewed: () => void;
  /** How often it is looked at whether renewal is due, ms. */
  readonly lookMs?: number;
}

export interface GatewayIdentity {
  /** What to connect with now. */
  tls(): LinkTls;
  /** The connection made with what `tls` said last has worked to the end. */
  worked(): void;
  /** It was refused: the old certificate is tried again while there is one. */
  refused(): void;
  /** Asks the hub why; undefined when it cannot be asked or has nothing to say. */
  explain(): Promise<string | undefined>;
  status(): CertificateStatus;
  stop(): void;
}

const defaultLookMs = 60_000;
const retry = { minMs: 60_000, capMs: 3_600_000 };
const dayMs = 24 * 3_600_000;

/**
 * A gateway's certificate over its life: at two thirds of it a new key and certificate are fetched, tried, and only
 * when they have worked do they take the place of the old ones.
 * @throws CodedError BAD_IDENTITY
 */
export function openGatewayIdentity(options: GatewayIdentityOptions): GatewayIdentity {
  const { folder, urls, clock, log, onRenewed, lookMs = defaultLookMs } = options;
  let files = readIdentity(folder);
  /** A renewed certificate that was refused rests until the old one has worked. */
  let isNextRefused = false;
  let isNextShown = false;
  /** It was refused and the old one was not: another is fetched, or the old one would come to its end. */
  let isNextUseless = false;
  let problem = "";
  /** By the clock that only grows: one that was years ahead would put the next try off until then. */
  let notBeforeMs = Number.NEGATIVE_INFINITY;
  const backoff = createBackoff(Math.min(lookMs, retry.minMs), retry.capMs);
  const current = () => new X509Certificate(files.current.certificate);
  const material = () => ({ ca: files.ca, ...files.current });

  const wait = () => {
    notBeforeMs = clock.monotonicMs() + backoff.nextMs();
  };

  const ask = async <Reply>(path: string, body?: object): Promise<Reply> => {
    let failure: unknown;
    for (const url of urls.filter((one) => one.startsWith("mqtts:")))
      try {
        const asked = { material: material(), ...(body === undefined ? {} : { body }) };
        return await askHub<Reply>(url, path, asked);
      } catch (error) {
        failure = error;
      }
    throw failure;
  };

  const renew = async () => {
    const key = pendingKey(folder);
    const { certificate } = await ask<CertificateReply>(
      enrolmentPaths.renew,
      proveKey(key, "renew"),
    );
    writeKeyed(folder, "next.pem", { key, certificate });
    files = readIdentity(folder);
    isNextRefused = false;
    isNextUseless = false;
    problem = "";
    log.info({}, "the certificate was renewed, the new one is tried");
    onRenewed();
  };

  const look = async () => {
    if (files.next !== undefined && !isNextUseless) return;
    const isDue = clock.nowMs() >= renewalDueMs(current());
    if (!isDue || clock.monotonicMs() < notBeforeMs) return;
    try {
      await renew();
    } catch (error) {
      wait();
      const text = error instanceof Error ? error.message : String(error);
      if (text !== problem)
        log.warn({ err: error, code: errorCode(error) }, "the certificate cannot be renewed yet");
      problem = text;
    }
  };
  let isLooking = false;
  const timer = setInterval(() => {
    if (isLooking) return;
    isLooking = true;
    void look().finally(() => {
      isLooking = false;
    });
  }, lookMs);
  timer.unref();

  return {
    tls() {
      isNextShown = files.next !== undefined && !isNextRefused;
      const shown = isNextShown ? (files.next ?? files.current) : files.current;
      return { ca: files.ca, ...shown };
    },
    worked() {
      if (isNextRefused && !isNextUseless && files.next !== undefined) {
        isNextUseless = true;
        wait();
      }
      isNextRefused = false;
      if (!isNextShown || files.next === undefined) return;
      try {
        promoteNext(folder);
        files = readIdentity(folder);
        isNextUseless = false;
        backoff.reset();
        log.info({}, "the renewed certificate works and has taken the place of the old one");
      } catch (error) {
        // A read-only disk: both are there, and the next good connection tries again.
        log.warn({ err: error, code: errorCode(error) }, "the renewed certificate stays on trial");
      }
    },
    refused() {
      if (isNextShown) isNextRefused = true;
    },
    async explain() {
      try {
        const { isAccepted, detail } = await ask<CertificateState>(enrolmentPaths.state);
        return isAccepted ? undefined : detail;
      } catch {
        // An external broker gives no reasons; what its refusal said stands.
        return undefined;
      }
    },
    status() {
      const certificate = current();
      const endsMs = certificate.validToDate.getTime();
      return {
        endsAt: new Date(endsMs).toISOString(),
        renewsAt: new Date(renewalDueMs(certificate)).toISOString(),
        daysLeft: Math.floor((endsMs - clock.nowMs()) / dayMs),
        isRenewalOnTrial: files.next !== undefined,
        problem,
      };
    },
    stop: () => clearInterval(timer),
  };
}
