import type { FrameQueue } from "../can/frame-queue.ts";
import { hashOf } from "../seeded.ts";
import { identifierOf, networkPriority, nullAddress } from "./identifier.ts";
import { firstDynamicAddress, lastDynamicAddress, nameBytes } from "./name.ts";

export const addressClaimedPgn = 60928;

/** After a claim somebody else may object for so long. @see SAE J1939-81, 4.4.3 */
const objectionMs = 250;
/** Who finds no address says so after a random part of this. @see SAE J1939-81, 4.4.4.1 */
const longestDelayMs = 153;
/** How fast a unit answers; the standard allows 200 ms. Engineering default. */
const replyMs = 3;

export interface AddressClaimOptions {
  readonly name: bigint;
  readonly address: number;
  readonly canClaimAnother: boolean;
}

/**
 * The right of one control unit to its address. It claims when it starts, defends the address against higher NAMEs, and
 * against a lower one takes another address or says that it found none.
 * @see SAE J1939-81, network management
 */
export class AddressClaim {
  /** Undefined while it has none. */
  address: number | undefined;
  /** From then on it may send other messages. */
  talksFromMs = Number.POSITIVE_INFINITY;
  readonly #bytes: Uint8Array;
  readonly #options: AddressClaimOptions;
  readonly #queue: FrameQueue;
  readonly #taken = new Set<number>();

  constructor(options: AddressClaimOptions, queue: FrameQueue) {
    this.#options = options;
    this.#queue = queue;
    this.#bytes = nameBytes(options.name);
  }

  /** Begins anew: whom it heard of before is forgotten. */
  start(nowMs: number): void {
    this.#taken.clear();
    this.claim(this.#options.address, nowMs);
  }

  stop(): void {
    this.address = undefined;
    this.talksFromMs = Number.POSITIVE_INFINITY;
  }

  /** Claims an address, as a unit that was told to move does. */
  claim(address: number, nowMs: number): void {
    this.address = address;
    // Who has a fixed address may speak at once. @see SAE J1939-81, 4.4.3
    const isDynamic = address >= firstDynamicAddress && address <= lastDynamicAddress;
    this.talksFromMs = nowMs + (isDynamic ? objectionMs : 0);
    this.#say(address, nowMs);
  }

  /** Another's claim. */
  hearClaim(address: number, name: bigint, nowMs: number): void {
    if (address !== nullAddress) this.#taken.add(address);
    if (address !== this.address || name === this.#options.name) return;
    if (this.#options.name < name) {
      this.#taken.delete(address);
      this.#say(address, nowMs + replyMs);
    } else this.#giveWay(nowMs);
  }

  /** Somebody asks who is there; asked in vain are only units that are switched off. */
  hearRequest(nowMs: number): void {
    if (this.address !== undefined) this.#say(this.address, nowMs + replyMs);
    else this.#say(nullAddress, nowMs + this.#delayMs());
  }

  #giveWay(nowMs: number): void {
    const free = this.#options.canClaimAnother ? this.#freeAddress() : undefined;
    if (free !== undefined) {
      this.claim(free, nowMs + replyMs);
      return;
    }
    this.stop();
    this.#say(nullAddress, nowMs + this.#delayMs());
  }

  #freeAddress(): number | undefined {
    for (let address = firstDynamicAddress; address <= lastDynamicAddress; address++)
      if (!this.#taken.has(address) && address !== this.address) return address;
    return undefined;
  }

  /** Different for each NAME, or two that find no address would say so at the same time for ever. */
  #delayMs(): number {
    return (hashOf(this.#options.name.toString(16)) / 2 ** 32) * longestDelayMs;
  }

  #say(sa: number, dueMs: number): void {
    this.#queue.add(dueMs, identifierOf(networkPriority, addressClaimedPgn, { sa }), this.#bytes);
  }
}
