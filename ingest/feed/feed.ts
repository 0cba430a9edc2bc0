/** Where Sparkplug messages come from and commands go to; what lies behind may be any broker or log. */
export interface Feed {
  readonly isOnline: boolean;
  readonly counts: FeedCounts;
  readonly lastError: string | null;
  /** Resolves at the first time it is online. */
  ready(): Promise<void>;
  /** Sends a command to one gateway, at most once; false when there is no connection. */
  publish(topic: string, payload: Uint8Array): boolean;
  close(): Promise<void>;
}

export interface FeedCounts {
  received: number;
  bytes: number;
  /** Not taken because the journal could not: not acknowledged, so the gateways send it again. */
  deferred: number;
  connects: number;
}

export interface FeedHandler {
  /** False while nothing can be kept. */
  canTake(): boolean;
  /** Must not throw and must not wait. */
  take(topic: string, payload: Uint8Array): void;
  /** The connection was lost: what is known of sessions may be out of date. */
  onOffline(): void;
}
