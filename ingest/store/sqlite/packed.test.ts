import { qualityNames } from "@firebreak/wire/quality.ts";
import { describe, expect, test } from "vitest";
import { finish, type Reading } from "../reading.ts";
import { packBuckets, packRaw, packSums, unpackBuckets, unpackRaw, unpackSums } from "./packed.ts";

function* made<Result>(result: Result): Reading<Result> {
  yield;
  return result;
}

const t = ["2026-05-01T00:00:00.000000000Z", "+010000-01-01T00:00:00.000000001Z"];
const sums = {
  ...{ t, min: [null, -0], max: [null, 5e-324], mean: [null, 1e300] },
  ...{ first: [null, 2 ** 53], last: [null, Number.NEGATIVE_INFINITY] },
  ...{ count: [0, 3], errors: [7, 0] },
};

describe("answers on their way between threads", () => {
  test.each([
    { name: "with rows", given: sums },
    {
      name: "empty",
      given: { t: [], min: [], max: [], mean: [], first: [], last: [], count: [], errors: [] },
    },
  ])("sums come back as they were, $name", ({ given }) => {
    expect(unpackSums(finish(packSums(made(given))))).toStrictEqual(given);
    const buckets = { ...given, bucketNs: "60000000000" };
    expect(unpackBuckets(finish(packBuckets(made(buckets))))).toStrictEqual(buckets);
  });

  test.each([{ next: "1780012800000000000.2" }, {}])(
    "samples come back as they were, %j",
    (more) => {
      const raw = {
        t: qualityNames.map((_, at) => t[at % 2] ?? ""),
        value: qualityNames.map((_, at) => (at === 0 ? 0.1 : null)),
        quality: qualityNames,
        ...more,
      };
      expect(unpackRaw(finish(packRaw(made(raw))))).toStrictEqual({
        ...raw,
        quality: [...qualityNames],
      });
      const none = { t: [], value: [], quality: [], ...more };
      expect(unpackRaw(finish(packRaw(made(none))))).toStrictEqual(none);
    },
  );
});
