/** How long a control unit takes from power to its first message; engineering default. */
const bootMs = 400;

type Order = "reset" | "bus-off" | "silence" | "revive";

/** What a node does when its power or its controller changes; it starts when `isStarting` says so. */
export interface PowerActions {
  /** Forgets all that was under way. */
  stop(): void;
  /** Goes on where it was. */
  resume(nowMs: number): void;
}

/** Whether a node lives: powered, cut off from the bus, or off. Orders hold from the next step on. */
export class NodePower {
  /** When it starts, if it is to start. */
  startMs: number;
  #state: "on" | "bus-off" | "off" = "on";
  #orders: Order[] = [];

  /** `lateMs`: how much later than its network it is switched on. */
  constructor(lateMs: number) {
    this.startMs = lateMs;
  }

  /** It does not send. */
  get isOut(): boolean {
    return this.#state !== "on";
  }

  /** It does not hear either: out, or not started yet. */
  get isDeaf(): boolean {
    return this.isOut || this.startMs !== Number.POSITIVE_INFINITY;
  }

  order(order: Order): void {
    this.#orders.push(order);
  }

  /** Does what was ordered since the last call. */
  apply(nowMs: number, actions: PowerActions): void {
    if (this.#orders.length === 0) return;
    for (const order of this.#orders) this.#do(order, nowMs, actions);
    this.#orders = [];
  }

  /** Starts again, as on the word of the network's master. */
  restart(nowMs: number): void {
    this.startMs = nowMs + bootMs;
  }

  /** True once, when its time to start has come. */
  isStarting(nowMs: number): boolean {
    if (this.startMs > nowMs) return false;
    this.startMs = Number.POSITIVE_INFINITY;
    return true;
  }

  #do(order: Order, nowMs: number, actions: PowerActions): void {
    switch (order) {
      case "bus-off":
        if (this.#state === "on") this.#state = "bus-off";
        return;
      case "silence":
        this.#state = "off";
        this.startMs = Number.POSITIVE_INFINITY;
        actions.stop();
        return;
      case "reset":
        actions.stop();
        this.#state = "on";
        this.restart(nowMs);
        return;
      case "revive":
        if (this.#state === "off") this.restart(nowMs);
        else if (this.#state === "bus-off") actions.resume(nowMs);
        this.#state = "on";
    }
  }
}
