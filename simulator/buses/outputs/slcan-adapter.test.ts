import { describe, expect, test } from "vitest";
import { frameOf, textOf } from "../can/can-frame.ts";
import { SlcanAdapter } from "./slcan-adapter.ts";

function plugged() {
  const said: string[] = [];
  const frames: string[] = [];
  let takes = true;
  const adapter = new SlcanAdapter({
    bitRate: 250_000,
    write(text) {
      if (takes) said.push(text);
      return takes;
    },
    onFrame: (frame) => frames.push(textOf(frame)),
  });
  return {
    adapter,
    frames,
    stopReading: () => {
      takes = false;
    },
    startReading: () => {
      takes = true;
    },
    /** What it says to commands, or to frames of the bus. */
    after(...commands: readonly string[]) {
      said.length = 0;
      for (const command of commands) adapter.take(Buffer.from(`${command}\r`));
      return said.join("|");
    },
    told(text: string) {
      said.length = 0;
      adapter.tell(frameOf(text), 61_234);
      return said.join("|");
    },
  };
}

describe("an adapter after LAWICEL's manual", () => {
  test("says nothing of the bus before it is opened, nor after it is closed", () => {
    const { told, after } = plugged();
    expect(told("123#01")).toBe("");
    expect(after("S5", "L")).toBe("\r|\r");
    expect(told("123#01")).toBe("t123101\r");
    expect(told("18FEEE00#0102030405060708")).toBe("T18FEEE0080102030405060708\r");
    expect(after("C")).toBe("\r");
    expect(told("123#01")).toBe("");
  });

  test("stamps frames where it is told to", () => {
    const { told, after } = plugged();
    after("Z1", "S5", "O");
    // 1.234 s into the minute.
    expect(told("123#01")).toBe("t12310104D2\r");
  });

  test("refuses what does not fit its state", () => {
    const { after } = plugged();
    expect(after("O", "C", "S9", "X", "F")).toBe("\x07|\x07|\x07|\x07|\x07");
    expect(after("S5", "L", "S6", "L", "Z1", "t1230")).toBe("\r|\r|\x07|\x07|\x07|\x07");
  });

  test("opened to take part it puts frames on the bus, and refuses what is none", () => {
    const { after, frames } = plugged();
    after("S5", "O");
    expect(after("T18EAFFF93E5FE00", "t12320102", "t1232010", "T20000000", "tFFF0")).toBe(
      "Z\r|z\r|\x07|\x07|\x07",
    );
    expect(frames).toEqual(["18EAFFF9#E5FE00", "123#0102"]);
  });

  test("at another bit rate it hears errors only, and its frames reach nobody", () => {
    const { told, after, frames } = plugged();
    after("S6", "O");
    expect(told("123#01")).toBe("");
    expect(after("t1230", "F", "F")).toBe("z\r|F80\r|F00\r");
    expect(frames).toEqual([]);
  });

  test("tells that it lost frames while nobody read", () => {
    const { adapter, told, after, stopReading, startReading } = plugged();
    after("S5", "L");
    stopReading();
    told("123#01");
    startReading();
    expect(adapter.dropped).toBe(1);
    expect(after("F")).toBe("F08\r");
  });
});
