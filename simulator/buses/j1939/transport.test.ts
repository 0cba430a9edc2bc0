import { describe, expect, test } from "vitest";
import { networkOf } from "./j1939-node.fixture.ts";

/** Component identification, "MAKER*MODEL*SERIAL*0*", 21 bytes in three packets. */
const requestComponent = "18EA00F9#EBFE00";
const opening = "1CECF900#10150003FFEBFE00";
const [first, second, third] = [
  "1CEBF900#014D414B45522A4D",
  "1CEBF900#024F44454C2A5345",
  "1CEBF900#035249414C2A302A",
];
const say = (hex: string) => `1CEC00F9#${hex}`;
const clearToSend = (count: number, next: number) => say(`110${count}0${next}FFFFEBFE00`);
const end = say("13150003FFEBFE00");

function asked() {
  const { listener, nodes } = networkOf([{}]);
  listener.pass(6_000).say(requestComponent).pass(50);
  return { listener, nodes, texts: () => listener.texts("1CECF900", "1CEBF900") };
}

describe("a long answer to one who asked (SAE J1939-21, RTS and CTS)", () => {
  test("comes as the receiver lets it, a window at a time", () => {
    const { listener, texts } = asked();
    expect(texts()).toEqual([opening]);
    listener.say(clearToSend(2, 1)).pass(200);
    expect(texts()).toEqual([first, second]);
    listener.say(clearToSend(1, 3)).pass(200);
    expect(texts()).toEqual([third]);
    listener.say(end).pass(3_000);
    expect(texts()).toEqual([]);
  });

  test("packets that were lost come again", () => {
    const { listener, texts } = asked();
    listener.say(clearToSend(3, 1)).pass(200);
    listener.say(clearToSend(2, 2)).pass(200);
    expect(texts()).toEqual([second, third]);
  });

  test("a receiver that holds it is waited for, one that says nothing is given up after 1.25 s", () => {
    const { listener, texts } = asked();
    listener.say(say("1100FFFFFFEBFE00")).pass(1_000);
    expect(texts()).toEqual([]);
    listener.say(clearToSend(3, 1)).pass(200);
    expect(texts()).toEqual([first, second, third]);
    listener.pass(1_000);
    expect(texts()).toHaveLength(3);
    listener.pass(400);
    expect(texts().at(-1)).toBe("1CECF900#FF03FFFFFFEBFE00");
  });

  test("a receiver that ends it is left alone", () => {
    const { listener, texts } = asked();
    listener.say(say("FF01FFFFFFEBFE00")).pass(3_000);
    expect(texts()).toEqual([]);
  });

  test("a clearance in the middle of a window ends it with the reason", () => {
    const { listener, texts } = asked();
    listener.say(clearToSend(3, 1)).pass(15, 1).say(clearToSend(3, 1)).pass(100);
    expect(texts()).toContain("1CECF900#FF04FFFFFFEBFE00");
  });

  test("a second question waits for the first answer", () => {
    const { listener, texts } = asked();
    listener.say("18EA00F9#C5FD00").pass(50);
    expect(texts()).toEqual([]);
    listener.say(end).pass(50);
    expect(texts()).toEqual(["1CECF900#10090002FFC5FD00"]);
  });

  test("asked again after the first answer is over, it answers again", () => {
    const { listener, texts } = asked();
    listener.say(end).pass(50).say(requestComponent).pass(50);
    expect(texts()).toEqual([opening]);
  });
});

test("who has something long to tell it is refused", () => {
  const { listener } = networkOf([{}]);
  listener.pass(1_000).say(say("10150003FFD8FE00")).pass(50);
  expect(listener.texts("1CECF900")).toEqual(["1CECF900#FF02FFFFFFD8FE00"]);
});
