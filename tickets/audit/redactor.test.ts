import { describe, expect, test } from "vitest";
import { createRedactor } from "./redactor.ts";

const wang = createRedactor({
  personId: "P-1",
  name: "王小明",
  phone: "+86 138 0000 1111",
  email: "Wang.XM@example.com",
  address: "杭州市西湖区1号",
});
const will = createRedactor({ personId: "P-2", name: "Will", phone: "057188886666" });

describe("text", () => {
  test.each([
    ["王小明说油压低", "***说油压低"],
    ["call +86 138 0000 1111 or 13800001111", "call *** or ***"],
    ["138-0000-1111, 138 0000 1111", "***, ***"],
    ["wang.xm@EXAMPLE.com", "***"],
    ["在杭州市西湖区1号", "在***"],
    ["王小刚 13800001112", "王小刚 13800001112"],
  ])("%s becomes %s", (before, after) => {
    expect(wang.redact(before)).toBe(after);
  });
});

describe("JSON", () => {
  test("keeps its shape, its order, its keys, its numbers and its words", () => {
    const event = {
      type: "Will",
      at: "2026-03-01T08:00:00.000Z",
      note: "Will will come, ask Will; Willow stays",
      nested: [{ comment: "Will", count: 57188886666, ids: ["Will", "P-2"], no: null }],
    };
    expect(JSON.parse(will.redact(JSON.stringify(event)))).toEqual({
      ...event,
      note: "*** *** come, ask ***; Willow stays",
      nested: [{ ...event.nested[0], comment: "***" }],
    });
  });

  test("of others is byte for byte what it was", () => {
    const text = JSON.stringify({ b: 1, a: '李伟 \n \u2028 \\ " 13800001112', c: [true, 0.1] });
    expect(wang.redact(text)).toBe(text);
  });

  test("that only looks like it is text", () => {
    expect(wang.redact("{王小明")).toBe("{***");
  });
});

test("a name of one letter is no name to look for", () => {
  expect(createRedactor({ personId: "P", name: "王" }).traces).toEqual([]);
});
