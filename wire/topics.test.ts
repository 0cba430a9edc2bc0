import { describe, expect, test } from "vitest";
import { checkId, hostId, parseTopic, sparkplugTopic, stateTopic } from "./topics.ts";

describe("sparkplugTopic", () => {
  test("names a machine behind its gateway", () => {
    expect(sparkplugTopic({ group: "firebreak", type: "DDATA", edge: "gw", device: "m" })).toBe(
      "spBv1.0/firebreak/DDATA/gw/m",
    );
  });
});

describe("parseTopic", () => {
  test.each([
    { topic: "spBv1.0/g/NBIRTH/e", parsed: { group: "g", type: "NBIRTH", edge: "e" } },
    { topic: "spBv1.0/g/NCMD/泵车", parsed: { group: "g", type: "NCMD", edge: "泵车" } },
    {
      topic: "spBv1.0/g/DDATA/e/d",
      parsed: { group: "g", type: "DDATA", edge: "e", device: "d" },
    },
    { topic: stateTopic, parsed: { type: "STATE", hostId } },
  ])("reads $topic", ({ topic, parsed }) => {
    expect(parseTopic(topic)).toStrictEqual(parsed);
  });

  test.each([
    "",
    "spBv1.0",
    "spBv1.0/STATE",
    "spBv1.0/STATE/",
    "spBv1.0/STATE/h/more",
    "spAv1.0/g/NBIRTH/e",
    "spBv1.0/g/NBIRTH",
    "spBv1.0/g/NBIRTH/",
    "spBv1.0/g/NBIRTH/e/d",
    "spBv1.0/g/DBIRTH/e",
    "spBv1.0/g/DBIRTH/e/",
    "spBv1.0/g/DBIRTH/e/d/x",
    "spBv1.0//DBIRTH/e/d",
    "spBv1.0/+/DBIRTH/e/d",
    "spBv1.0/g/nbirth/e",
    "spBv1.0/g/toString/e",
    "spBv1.0/g/NBIRTH/e\u0000",
  ])("does not know '%s'", (topic) => {
    expect(parseTopic(topic)).toBeUndefined();
  });
});

describe("checkId", () => {
  test.each(["a", "gw-7f3a91c2", "SY5419THB-560C 0231", "泵车一号", "x".repeat(128)])(
    "accepts '%s'",
    (id) => {
      expect(checkId(id)).toBeUndefined();
    },
  );

  test.each([
    { id: "", problem: "is empty" },
    { id: "a/b", problem: "contains +, / or #" },
    { id: "+", problem: "contains +, / or #" },
    { id: "a#", problem: "contains +, / or #" },
    { id: "a\nb", problem: "contains a control character" },
    { id: "a\u0085", problem: "contains a control character" },
    { id: "x".repeat(129), problem: "is longer than 128 bytes" },
    { id: "泵".repeat(43), problem: "is longer than 128 bytes" },
    { id: "\ud800", problem: "is not valid Unicode" },
  ])("says that $id $problem", ({ id, problem }) => {
    expect(checkId(id)).toBe(problem);
  });
});
