import { describe, expect, test } from "vitest";
import { networkOf } from "./j1939-node.fixture.ts";

const claimOf = (sa: string, identity: string, last = "30") =>
  `18EEFF${sa}#${identity}000000000000${last}`;

/** Sources that sent anything but claims, in the order they began. */
const speakers = (texts: readonly string[]) => [
  ...new Set(texts.filter((text) => !text.startsWith("18EEFF")).map((text) => text.slice(6, 8))),
];

describe("two control units at one address (SAE J1939-81)", () => {
  test("the lower NAME keeps it; the other says that it found none, and is silent", () => {
    const { nodes, listener } = networkOf([{ identity: 2 }, { identity: 1 }]);
    listener.pass(3_000);
    expect(nodes.map(({ address }) => address)).toEqual([null, 0]);
    expect(listener.texts("18EEFFFE")).toEqual([claimOf("FE", "02")]);
    const after = listener.heard.filter(({ timeMs }) => timeMs > 500).map(({ text }) => text);
    expect(speakers(after)).toEqual(["00"]);
    expect(after.filter((text) => text.startsWith("18FEEE00"))).toHaveLength(3);
  });

  test("one that may takes the next free address, and speaks there after 250 ms", () => {
    const units = [
      { sa: 140, identity: 2, canClaimAnother: true },
      { sa: 140, identity: 1, canClaimAnother: true },
    ];
    const { nodes, listener } = networkOf(units);
    listener.pass(5_000);
    expect(nodes.map(({ address }) => address)).toEqual([128, 140]);
    const claim = listener.of("18EEFF80")[0];
    const speech = listener.heard.find(
      ({ text }) => text.slice(6, 8) === "80" && !text.startsWith("18EE"),
    );
    expect(claim?.text).toBe(claimOf("80", "02", "B0"));
    expect((speech?.timeMs ?? 0) - (claim?.timeMs ?? 0)).toBeGreaterThanOrEqual(249);
  });

  test("a stranger with a higher NAME is told off, one with a lower gets the address", () => {
    const { nodes, listener } = networkOf([{ identity: 5 }]);
    listener.pass(2_000).say(claimOf("00", "09")).pass(50);
    expect(listener.texts("18EEFF00")).toEqual([claimOf("00", "05")]);
    listener.say(claimOf("00", "01")).pass(500);
    expect(nodes[0]?.address).toBeNull();
    expect(listener.texts("18EEFFFE")).toEqual([claimOf("FE", "05")]);
  });

  test("who has no address answers only the question who is there", () => {
    const { listener } = networkOf([{ identity: 5 }]);
    listener.pass(2_000).say(claimOf("00", "01")).pass(500);
    listener.say("18EAFFF9#E5FE00").pass(500);
    expect(listener.heard).toEqual([]);
    listener.say("18EAFFF9#00EE00").pass(500);
    expect(listener.texts()).toEqual([claimOf("FE", "05")]);
  });
});

describe("what can happen to a control unit", () => {
  const engine = () => {
    const { nodes, listener } = networkOf([{}]);
    const [node] = nodes;
    if (node === undefined) throw new TypeError("no node");
    listener.pass(3_000).heard.length = 0;
    return { node, listener };
  };

  test("moved by an order it claims the new address and speaks from there", () => {
    const { node, listener } = engine();
    node.claimAddress(5);
    listener.pass(2_000);
    expect(listener.texts("18EE")[0]).toBe(claimOf("05", "01"));
    expect(speakers(listener.texts())).toEqual(["05"]);
    expect(node).toMatchObject({ address: 5, homeAddress: 0 });
  });

  test("reset it is silent for a while, then claims and goes on", () => {
    const { node, listener } = engine();
    node.reset();
    listener.pass(300);
    expect(listener.heard).toEqual([]);
    listener.pass(2_000);
    expect(listener.texts()[0]).toBe(claimOf("00", "01"));
    expect(listener.of("18FEEE00").length).toBeGreaterThan(0);
  });

  test("bus-off it neither sends nor hears, and goes on without a claim when it recovers", () => {
    const { node, listener } = engine();
    node.busOff();
    listener.pass(10).say("18EA00F9#E5FE00").pass(5_000);
    expect(listener.heard).toEqual([]);
    expect(node.address).toBeNull();
    node.revive();
    listener.pass(2_000);
    expect(listener.of("18EE")).toEqual([]);
    expect(listener.of("18FEEE00").length).toBeGreaterThan(0);
  });

  test("without power it says nothing until it is revived, then starts anew and remembers its codes", () => {
    const { node, listener } = engine();
    const codes = [{ sa: 0, spn: 110, fmi: 0 }];
    listener.input = { ...listener.input, codes };
    listener.pass(1_500);
    node.silence();
    listener.pass(10).heard.length = 0;
    expect(listener.pass(5_000).heard).toEqual([]);
    node.revive();
    listener.pass(3_000);
    expect(listener.texts()[0]).toBe(claimOf("00", "01"));
    expect(listener.texts("18FECA00")[0]).toBe("18FECA00#04FF6E000001FFFF");
  });
});
