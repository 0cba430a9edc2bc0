import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { loadAempSources } from "./source-config.ts";

const fileWith = (text: string): string => {
  const file = join(mkdtempSync(join(tmpdir(), "firebreak-sources-")), "sources.yaml");
  writeFileSync(file, text);
  return file;
};
const source = (rest: string) =>
  `version: 1\nsources:\n  - id: cat\n    url: https://a.example/1\n${rest}`;

test("secrets come from the environment or a file", () => {
  const secret = fileWith("s3cret\n");
  const oauth = `    auth: { kind: oauth2, tokenUrl: "https://a.example/t", clientId: me, clientSecret: { file: ${secret} } }\n`;
  expect(loadAempSources(fileWith(source(oauth)))[0]?.secret).toBe("s3cret");
  const bearer = "    auth: { kind: bearer, token: { env: T } }\n";
  expect(loadAempSources(fileWith(source(bearer)), { T: "x" })[0]?.secret).toBe("x");
});

test.each([
  [
    "a secret that is not there",
    "    auth: { kind: bearer, token: { env: T } }\n",
    "no secret in T",
  ],
  ["a secret in the file", "    auth: { kind: bearer, token: abc }\n", "sources[0].auth"],
  ["a name in the address", '    auth: { kind: none }\n    tokenUrl: "x"\n', "tokenUrl"],
  [
    "one id twice",
    "    auth: { kind: none }\n  - { id: cat, url: 'https://b.example', auth: { kind: none } }\n",
    "earlier source",
  ],
])("%s is a mistake with its line", (_, rest, words) => {
  expect(() => loadAempSources(fileWith(source(rest)), {})).toThrow(words);
});
