import { BlockList, isIP } from "node:net";

type Range = readonly [address: string, prefix: number];

/** Not on the public internet, or not one host. @see IANA special-purpose address registries (RFC 6890) */
const closedRanges: readonly Range[] = [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  // Link-local; clouds keep their metadata services here.
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.88.99.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  // One vendor's metadata service has a public-looking address.
  ["100.100.100.200", 32],
  ["168.63.129.16", 32],
  ["224.0.0.0", 4],
  ["240.0.0.0", 4],
  ["::", 128],
  ["::1", 128],
  // Ways to write an IPv4 address: mapped, translated, 6to4, Teredo. What they lead to is not looked into.
  ["::", 96],
  ["::ffff:0:0", 96],
  ["64:ff9b::", 96],
  ["64:ff9b:1::", 48],
  ["2002::", 16],
  ["2001::", 23],
  ["100::", 64],
  ["2001:db8::", 32],
  ["fc00::", 7],
  ["fe80::", 10],
  ["fec0::", 10],
  ["ff00::", 8],
];

const familyOf = (address: string) => (isIP(address) === 6 ? "ipv6" : "ipv4");

function listOf(ranges: readonly Range[]): BlockList {
  const list = new BlockList();
  for (const [address, prefix] of ranges) list.addSubnet(address, prefix, familyOf(address));
  return list;
}

const closedList = listOf(closedRanges.filter(([address]) => isIP(address) === 4));
const closedList6 = listOf(closedRanges.filter(([address]) => isIP(address) === 6));

/** `10.1.2.3`, `10.0.0.0/8`, `fd00::/8`; undefined when it is neither. */
export function parseRange(text: string): Range | undefined {
  const [address = "", prefixText, more] = text.split("/");
  const version = isIP(address);
  if (version === 0 || more !== undefined) return undefined;
  const most = version === 6 ? 128 : 32;
  if (prefixText === undefined) return [address, most];
  const prefix = Number(prefixText);
  return /^\d{1,3}$/.test(prefixText) && prefix <= most ? [address, prefix] : undefined;
}

/**
 * Whether a connection to this address may be made on behalf of a configured target: public ones, and those the
 * operator has listed.
 */
export function createAddressCheck(allowed: readonly string[]): (address: string) => boolean {
  const ranges = allowed.flatMap((text) => {
    const range = parseRange(text);
    return range ? [range] : [];
  });
  const open4 = listOf(ranges.filter(([address]) => isIP(address) === 4));
  const open6 = listOf(ranges.filter(([address]) => isIP(address) === 6));
  return (address) => {
    const bare = address.replace(/%.*$/, "");
    switch (isIP(bare)) {
      case 4:
        return open4.check(bare, "ipv4") || !closedList.check(bare, "ipv4");
      case 6:
        return open6.check(bare, "ipv6") || !closedList6.check(bare, "ipv6");
      default:
        return false;
    }
  };
}
