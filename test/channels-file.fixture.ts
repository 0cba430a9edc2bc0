import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryFolder } from "./product.fixture.ts";

/** A targets' file for loopback: webhooks by id, and e-mail to whomever it concerns. */
export function channelsFile(
  webhooks: Readonly<Record<string, string>>,
  mailPort: number | undefined,
): string {
  const folder = temporaryFolder("channels");
  const secret = { file: join(folder, "secret") };
  writeFileSync(secret.file, "whsec_c2VjcmV0");
  const targets = [
    ...Object.entries(webhooks).map(([id, url]) => ({ id, kind: "webhook", url, secret })),
    ...(mailPort === undefined
      ? []
      : [
          {
            ...{ id: "mail", kind: "email", host: "127.0.0.1", port: mailPort },
            ...{ security: "none", from: "service@example.com" },
          },
        ]),
  ];
  const file = join(folder, "channels.yaml");
  // JSON is YAML.
  writeFileSync(file, JSON.stringify({ version: 1, allowAddresses: ["127.0.0.1"], targets }));
  return file;
}
