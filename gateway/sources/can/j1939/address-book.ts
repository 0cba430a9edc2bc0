export const addressClaimedPgn = 60928;
/** Read by nobody but the control unit it names, which claims the new address if it obeys. */
export const commandedAddressPgn = 65240;
/** Where a control unit says that it found no address. */
export const nullAddress = 254;
const nameBytes = 8;
/** There are no more addresses than this, so no more control units either. */
const mostNames = 254;

interface Ecu {
  readonly name: string;
  address: number | undefined;
  /** The address it counts as: the first it was seen at. */
  home: number;
  /** Another has the same home by right, and no address at present. */
  isStandIn: boolean;
}

export interface EcuEntry {
  /** 16 hex digits, most significant first. */
  readonly name: string;
  /** Where it is now; null while it has no address. */
  readonly address: number | null;
  readonly home: number;
}

/** Parts of a NAME. @see SAE J1939-81, NAME, 64 bits little endian */
export interface NameParts {
  readonly identity: number;
  readonly manufacturer: number;
  readonly ecuInstance: number;
  readonly functionInstance: number;
  readonly function: number;
  readonly vehicleSystem: number;
  readonly vehicleSystemInstance: number;
  readonly industryGroup: number;
  readonly isArbitraryAddressCapable: boolean;
}

/** The NAME in the 8 bytes of an address claim: 16 hex digits, the most significant first. */
export const nameText = (payload: Uint8Array): string =>
  Buffer.from(payload.subarray(0, nameBytes)).reverse().toString("hex");

/** Splits the 8 bytes of an address claim. */
export function splitName(payload: Uint8Array): NameParts {
  const byte = (at: number) => payload[at] ?? 0;
  return {
    identity: byte(0) | (byte(1) << 8) | ((byte(2) & 0x1f) << 16),
    manufacturer: (byte(2) >>> 5) | (byte(3) << 3),
    ecuInstance: byte(4) & 7,
    functionInstance: byte(4) >>> 3,
    function: byte(5),
    vehicleSystem: byte(6) >>> 1,
    vehicleSystemInstance: byte(7) & 15,
    industryGroup: (byte(7) >>> 4) & 7,
    isArbitraryAddressCapable: byte(7) >= 128,
  };
}

/**
 * Who is who on one bus. An address says where a control unit is, its NAME who it is: once a NAME was seen at an address
 * that address is its home, and whatever it sends from elsewhere later counts as sent from there. Without claims every
 * address is its own home. Pure; bounded by the number of addresses.
 *
 * On a bus the last claim of an address is that of the winner: the one with the lower NAME repeats its claim. So the
 * last claim counts here, and no NAMEs need be compared. A NAME that was never seen before and turns up at the home of
 * one that has no address any more stands in for it (a control unit was exchanged), until that one is heard elsewhere.
 * @see SAE J1939-81, address claim
 */
export class AddressBook {
  /** Home by present address; read it for every message, never keep it. 254: an address nobody known should have. */
  readonly homes = Uint8Array.from({ length: 256 }, (_, address) => address);
  readonly #reserved: ReadonlySet<number>;
  readonly #byName = new Map<string, Ecu>();
  readonly #byAddress: (Ecu | undefined)[] = new Array(256).fill(undefined);
  readonly statistics = { claims: 0, moves: 0, cannotClaim: 0, malformedClaims: 0 };

  /** `reserved`: addresses that signals are bound to; no stranger is given one of them. */
  constructor(reserved: Iterable<number> = []) {
    this.#reserved = new Set(reserved);
  }

  /** One Address Claimed message. A commanded address needs nothing more: the control unit claims it if it obeys. */
  claim(sa: number, payload: Uint8Array, length: number): void {
    if (length < nameBytes || sa === 255) {
      this.statistics.malformedClaims++;
      return;
    }
    const name = nameText(payload);
    this.statistics.claims++;
    const ecu = this.#byName.get(name);
    if (sa === nullAddress) {
      this.statistics.cannotClaim++;
      if (ecu) this.#leave(ecu);
    } else if (ecu) this.#move(ecu, sa);
    else this.#enter(name, sa);
    this.#settle();
  }

  /** Everyone heard of, by home. */
  ecus(): EcuEntry[] {
    return [...this.#byName.values()]
      .map(({ name, address, home }) => ({ name, address: address ?? null, home }))
      .sort((a, b) => a.home - b.home);
  }

  #move(ecu: Ecu, sa: number): void {
    if (ecu.address === sa) return;
    this.statistics.moves++;
    this.#leave(ecu);
    for (const other of this.#housemates(ecu))
      if (other.isStandIn && !ecu.isStandIn) this.#rehouse(other);
      else if (ecu.isStandIn && other.address !== undefined) this.#rehouse(ecu);
    this.#sit(ecu, sa);
  }

  #enter(name: string, sa: number): void {
    if (this.#byName.size >= mostNames && !this.#forgetOne()) return;
    const ecu: Ecu = { name, address: undefined, home: sa, isStandIn: false };
    this.#sit(ecu, sa);
    const owners = this.#housemates(ecu);
    if (owners.some(({ address }) => address !== undefined)) this.#rehouse(ecu);
    else ecu.isStandIn = owners.length > 0;
    this.#byName.set(name, ecu);
  }

  #sit(ecu: Ecu, sa: number): void {
    const before = this.#byAddress[sa];
    if (before) this.#leave(before);
    ecu.address = sa;
    this.#byAddress[sa] = ecu;
  }

  #leave(ecu: Ecu): void {
    if (ecu.address !== undefined) this.#byAddress[ecu.address] = undefined;
    ecu.address = undefined;
  }

  #housemates(ecu: Ecu): Ecu[] {
    return [...this.#byName.values()].filter((other) => other !== ecu && other.home === ecu.home);
  }

  #rehouse(ecu: Ecu): void {
    ecu.home = this.#freeHome();
    ecu.isStandIn = false;
  }

  /** From the top of the addresses that are claimed at run time. */
  #freeHome(): number {
    const taken = new Set([...this.#byName.values()].map(({ home }) => home));
    for (let home = 247; home >= 128; home--)
      if (!taken.has(home) && !this.#reserved.has(home)) return home;
    return nullAddress;
  }

  /** Room for one more: of those without an address the one heard of first. */
  #forgetOne(): boolean {
    const gone = [...this.#byName.values()].find(({ address }) => address === undefined);
    return gone !== undefined && this.#byName.delete(gone.name);
  }

  #settle(): void {
    const taken = new Set([...this.#byName.values()].map(({ home }) => home));
    for (let address = 0; address < nullAddress; address++) {
      const ecu = this.#byAddress[address];
      this.homes[address] = ecu ? ecu.home : taken.has(address) ? nullAddress : address;
    }
  }
}
