import { describe, expect, test } from "vitest";
import { createAddressCheck, parseRange } from "./safe-address.ts";

describe("createAddressCheck", () => {
  const mayConnect = createAddressCheck([]);

  test.each([
    "127.0.0.1",
    "127.255.0.3",
    "10.0.0.1",
    "172.31.255.255",
    "192.168.1.1",
    "169.254.169.254",
    "100.100.100.200",
    "168.63.129.16",
    "0.0.0.0",
    "224.0.0.1",
    "255.255.255.255",
    "::1",
    "::",
    "fe80::1",
    "fe80::1%eth0",
    "fd00:ec2::254",
    "::ffff:127.0.0.1",
    "::ffff:a9fe:a9fe",
    "64:ff9b::7f00:1",
    "2002:7f00:1::",
    "::127.0.0.1",
    "not an address",
    "",
  ])("refuses %s", (address) => {
    expect(mayConnect(address)).toBe(false);
  });

  test.each(["93.184.216.34", "172.32.0.1", "2606:4700::1111"])("lets %s through", (address) => {
    expect(mayConnect(address)).toBe(true);
  });

  test("lets the operator's own through, and nothing beside them", () => {
    const check = createAddressCheck(["10.1.2.0/24", "::1"]);
    expect(["10.1.2.200", "::1"].map(check)).toEqual([true, true]);
    expect(["10.1.3.1", "127.0.0.1", "::2"].map(check)).toEqual([false, false, false]);
  });
});

describe("parseRange", () => {
  test.each(["10.0.0.0/33", "10.0.0", "::/129", "10.0.0.0/8/8", "10.0.0.0/x", "host"])(
    "refuses %s",
    (text) => {
      expect(parseRange(text)).toBeUndefined();
    },
  );
});
