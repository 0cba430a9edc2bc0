import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { AddressBook, splitName } from "./address-book.ts";

/** Control units by the last byte of their NAME on the wire, the most significant one: "a" wins over "b". */
const nameOf = (letter: string) => Uint8Array.of(1, 2, 3, 4, 5, 6, 7, letter.charCodeAt(0));

function bookOf(...claims: (readonly [letter: string, sa: number])[]) {
  const book = new AddressBook([0, 3, 247]);
  const claim = (letter: string, sa: number) => book.claim(sa, nameOf(letter), 8);
  for (const [letter, sa] of claims) claim(letter, sa);
  return { book, claim, homes: (...addresses: number[]) => addresses.map((sa) => book.homes[sa]) };
}

test("splitName reads the claim of a real engine controller", () => {
  expect(splitName(Uint8Array.from(Buffer.from("56f5290400000220", "hex")))).toEqual({
    identity: 652_630,
    manufacturer: 33,
    ecuInstance: 0,
    functionInstance: 0,
    function: 0,
    vehicleSystem: 1,
    vehicleSystemInstance: 0,
    industryGroup: 2,
    isArbitraryAddressCapable: false,
  });
});

describe("AddressBook", () => {
  test("takes an address for a control unit while nobody claims any", () => {
    expect(bookOf().homes(0, 3, 253)).toEqual([0, 3, 253]);
  });

  test("follows a control unit to its new address, and takes nobody else for it", () => {
    const { homes, book } = bookOf(["a", 0], ["a", 5]);
    expect(homes(5, 0)).toEqual([0, 254]);
    expect(book.statistics).toMatchObject({ claims: 2, moves: 1 });
    expect(book.ecus()).toEqual([{ name: "6107060504030201", address: 5, home: 0 }]);
  });

  test("follows two control units that swap their addresses", () => {
    const { homes, claim } = bookOf(["a", 0], ["b", 3], ["a", 3]);
    expect(homes(3, 0)).toEqual([0, 254]);
    claim("b", 0);
    expect(homes(3, 0)).toEqual([0, 3]);
    claim("b", 3);
    claim("a", 0);
    expect(homes(0, 3)).toEqual([0, 3]);
  });

  test("gives an address back to the one that defends it", () => {
    const { homes, claim, book } = bookOf(["a", 0], ["b", 0], ["a", 0]);
    expect(homes(0)).toEqual([0]);
    claim("b", 9);
    // A stranger that only asked for the address is not taken for its owner.
    expect(homes(0, 9)).toEqual([0, 246]);
    expect(book.ecus().map(({ home }) => home)).toEqual([0, 246]);
  });

  test("has no address for one that cannot claim any", () => {
    const { homes, claim, book } = bookOf(["a", 0], ["a", 254]);
    expect(homes(0)).toEqual([254]);
    expect(book.ecus()[0]?.address).toBeNull();
    claim("a", 7);
    expect(homes(7)).toEqual([0]);
    expect(book.statistics.cannotClaim).toBe(1);
  });

  test("lets an exchanged control unit stand in for the one that was taken out", () => {
    const { homes, claim } = bookOf(["a", 0], ["z", 0]);
    expect(homes(0)).toEqual([0]);
    claim("a", 8);
    expect(homes(0, 8)).toEqual([246, 0]);
  });

  test("a stranger at the home of one that is elsewhere is a stranger", () => {
    expect(bookOf(["a", 0], ["a", 5], ["z", 0]).homes(0, 5)).toEqual([246, 0]);
  });

  test("refuses claims that are too short or from nobody", () => {
    const { book } = bookOf();
    book.claim(0, nameOf("a"), 7);
    book.claim(255, nameOf("a"), 8);
    expect(book.statistics).toMatchObject({ claims: 0, malformedClaims: 2 });
  });

  test("never gives two control units that are on the bus one home, and stays bounded", () => {
    const claims = fc.array(
      fc.tuple(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 0, max: 255 })),
      { maxLength: 400 },
    );
    fc.assert(
      fc.property(claims, (list) => {
        const book = new AddressBook();
        for (const [name, sa] of list)
          book.claim(sa, Uint8Array.of(name & 255, name >> 8, 0, 0, 0, 0, 0, 1), 8);
        const ecus = book.ecus();
        expect(ecus.length).toBeLessThanOrEqual(254);
        const present = ecus.filter(({ address, home }) => address !== null && home !== 254);
        expect(new Set(present.map(({ home }) => home)).size).toBe(present.length);
        for (const { address, home } of present) expect(book.homes[address ?? 0]).toBe(home);
      }),
    );
  });
});
