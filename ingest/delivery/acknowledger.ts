import type { Clock } from "@firebreak/kit/clock.ts";

export interface AcknowledgerOptions {
  readonly clock: Clock;
  /** Publishes to one gateway what is settled of these epochs. */
  readonly send: (gatewayId: string, epochs: ReadonlySet<string>) => void;
  /** At most one acknowledgement per gateway in this time, the first at once. Default 100 ms. */
  readonly spacingMs?: number;
  /** Repeated to every online gateway this often, so that a lost one heals. Default 10 s. */
  readonly repeatMs?: number;
}

export interface Acknowledger {
  /** Something of this epoch was settled, or came a second time. */
  due(gatewayId: string, epoch: string): void;
  /** A gateway gave birth: tells it all of these at once, and again every `repeatMs`. */
  online(gatewayId: string, epochs: Iterable<string>): void;
  offline(gatewayId: string): void;
  close(): void;
}

interface Gateway {
  /** Everything this session has offered or sent. */
  readonly epochs: Set<string>;
  due: Set<string>;
  sentMs: number;
  repeatedMs: number;
}

const tickMs = 25;
const maxEpochs = 1_000;

export function createAcknowledger(options: AcknowledgerOptions): Acknowledger {
  const { clock, send, spacingMs = 100, repeatMs = 10_000 } = options;
  const gateways = new Map<string, Gateway>();
  const waiting = new Set<string>();

  const flush = (gatewayId: string, gateway: Gateway) => {
    waiting.delete(gatewayId);
    const { due } = gateway;
    gateway.due = new Set();
    gateway.sentMs = clock.monotonicMs();
    send(gatewayId, due);
  };
  const timer = setInterval(() => {
    const now = clock.monotonicMs();
    for (const gatewayId of waiting) {
      const gateway = gateways.get(gatewayId);
      if (!gateway) waiting.delete(gatewayId);
      else if (now - gateway.sentMs >= spacingMs) flush(gatewayId, gateway);
    }
  }, tickMs);
  const repeatTimer = setInterval(
    () => {
      const now = clock.monotonicMs();
      for (const [gatewayId, gateway] of gateways) {
        if (now - gateway.repeatedMs < repeatMs) continue;
        gateway.repeatedMs = now;
        gateway.due = new Set(gateway.epochs);
        waiting.add(gatewayId);
      }
    },
    Math.min(500, repeatMs),
  );

  return {
    due(gatewayId, epoch) {
      const gateway = gateways.get(gatewayId);
      if (!gateway) return;
      if (gateway.epochs.size < maxEpochs) gateway.epochs.add(epoch);
      gateway.due.add(epoch);
      waiting.add(gatewayId);
    },
    online(gatewayId, epochs) {
      const now = clock.monotonicMs();
      const all = new Set(epochs);
      const gateway = { epochs: all, due: new Set(all), sentMs: now, repeatedMs: now };
      gateways.set(gatewayId, gateway);
      flush(gatewayId, gateway);
    },
    offline(gatewayId) {
      gateways.delete(gatewayId);
      waiting.delete(gatewayId);
    },
    close() {
      clearInterval(timer);
      clearInterval(repeatTimer);
    },
  };
}
