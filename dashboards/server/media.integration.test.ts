import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { request as httpRequest } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { jpegWithPlace, png, secretPlace } from "@firebreak/tickets/field/media.fixture.ts";
import { createMediaDesk } from "@firebreak/tickets/field/media-desk.ts";
import { createMediaFiles } from "@firebreak/tickets/field/media-files.ts";
import { finding } from "@firebreak/tickets/tickets.fixture.ts";
import { openWorld, type World } from "@firebreak/tickets/world.fixture.ts";
import type { FastifyInstance } from "fastify";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { parseRange } from "./api/byte-range.ts";
import { createServer } from "./create-server.ts";
import { seededPorts, tokenOf } from "./seeded-ports.fixture.ts";

let world: World;
let app: FastifyInstance;
let folder: string;
let base: string;
let ticketId: string;
beforeEach(async () => {
  world = await openWorld();
  folder = mkdtempSync(join(tmpdir(), "firebreak-media-"));
  const [opened] = await world.apply(finding());
  ticketId = opened?.ticket.ticketId ?? "";
  const { ports } = await seededPorts(1);
  const files = createMediaFiles(join(folder, "media"));
  const media = createMediaDesk({ db: world.db, files, clock: world.clock });
  app = createServer({ ...ports, media });
  await app.listen({ host: "127.0.0.1", port: 0 });
  base = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}/api/v1`;
});
afterEach(async () => {
  await app.close();
  await world.close();
  rmSync(folder, { recursive: true, force: true });
});

type Who = Parameters<typeof tokenOf>[0];
const as = (role: Who) => ({ authorization: `Bearer ${tokenOf(role)}` });
const upload = (
  bytes: Uint8Array,
  query: string,
  { name = "x.jpg", who = "engineer" as Who } = {},
) => {
  const form = new FormData();
  form.append("file", new Blob([Uint8Array.from(bytes)], { type: "text/html" }), name);
  const url = `${base}/tickets/${ticketId}/media?${query}`;
  return fetch(url, { method: "POST", body: form, headers: as(who) });
};
const stored = () =>
  readdirSync(folder, { recursive: true, withFileTypes: true }).filter((one) => one.isFile());

describe("media of a ticket", () => {
  test("a photo goes in once, is listed and comes back as what it is, without its place", async () => {
    const query = "kind=photo&purpose=site&commandId=c-1";
    const [first, again] = [await upload(jpegWithPlace, query), await upload(png, query)];
    const media = await first.json();
    expect(media).toMatchObject({ ticketId, kind: "photo", purpose: "site", mime: "image/jpeg" });
    expect(await again.json()).toEqual(media);
    const list = await fetch(`${base}/tickets/${ticketId}/media`, { headers: as("viewer") });
    expect(await list.json()).toEqual({ items: [media], next: null });
    const reply = await fetch(`${base}/media/${media.mediaId}/content`, { headers: as("viewer") });
    const bytes = Buffer.from(await reply.arrayBuffer());
    expect(bytes.length).toBe(media.bytes);
    expect(bytes.includes(secretPlace)).toBe(false);
    expect(Object.fromEntries(reply.headers)).toMatchObject({
      "content-type": "image/jpeg",
      "content-disposition": `attachment; filename="${media.mediaId}.jpg"`,
      "content-security-policy": "sandbox; default-src 'none'",
      "x-content-type-options": "nosniff",
      "cache-control": "no-store",
    });
  });

  test("parts of a file by range", async () => {
    const { mediaId, bytes } = await (await upload(png, "kind=photo&purpose=site")).json();
    const url = `${base}/media/${mediaId}/content`;
    const part = await fetch(url, { headers: { ...as("viewer"), range: "bytes=1-3" } });
    expect([part.status, part.headers.get("content-range")]).toEqual([206, `bytes 1-3/${bytes}`]);
    expect(await part.text()).toBe("PNG");
    const none = await fetch(url, { headers: { ...as("viewer"), range: "bytes=99999-" } });
    expect([none.status, (await none.json()).code]).toEqual([416, "RANGE_NOT_THERE"]);
  });

  test("only for those who may see tickets", async () => {
    const { mediaId } = await (await upload(png, "kind=photo&purpose=site")).json();
    const url = `${base}/media/${mediaId}/content`;
    expect((await fetch(url)).status).toBe(401);
    expect((await upload(png, "kind=photo&purpose=site", { who: "viewer" })).status).toBe(403);
  });

  test.each([
    ["an SVG by another name", Buffer.from("<svg onload='alert(1)'/>"), 415, "MEDIA_TYPE"],
    ["a page", Buffer.from("<!doctype html><script>alert(1)</script>"), 415, "MEDIA_TYPE"],
    ["a cut picture", jpegWithPlace.subarray(0, 400), 422, "MEDIA_DAMAGED"],
    ["nothing", Buffer.alloc(0), 400, "MEDIA_EMPTY"],
    ["too much", Buffer.concat([png, Buffer.alloc(10 * 1024 * 1024)]), 413, "MEDIA_TOO_LARGE"],
  ])("G5: refuses %s and keeps nothing", async (_name, bytes, status, code) => {
    const reply = await upload(bytes, "kind=photo&purpose=site");
    expect([reply.status, (await reply.json()).code]).toEqual([status, code]);
    expect(stored()).toEqual([]);
  });

  test.each(["../../../etc/passwd", "..%2f..%2fpasswd", "/etc/cron.d/x", "a\u0000.png"])(
    "G5: the name %j of a file is not used",
    async (name) => {
      const media = await (await upload(png, "kind=photo&purpose=site", { name })).json();
      expect(stored().map((one) => one.name)).toEqual([media.sha256]);
    },
  );

  test.each(["..%2f..%2fetc%2fpasswd", "%2e%2e", "%00", "a.png"])(
    "G5: nothing is opened by the path %j",
    async (path) => {
      const reply = await fetch(`${base}/media/${path}/content`, { headers: as("viewer") });
      expect([400, 404]).toContain(reply.status);
    },
  );

  test("G5: ten announced gigabytes are refused before they are read", async () => {
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const request = httpRequest(
        `${base}/tickets/${ticketId}/media?kind=video&purpose=site`,
        {
          method: "POST",
          headers: {
            ...as("engineer"),
            "content-type": "multipart/form-data; boundary=x",
            "content-length": 10e9,
          },
        },
        (reply) => {
          resolve(reply.statusCode);
          request.destroy();
        },
      );
      request.on("error", reject);
      request.write('--x\r\ncontent-disposition: form-data; name="f"; filename="f"\r\n\r\n');
    });
    expect(status).toBe(413);
    expect(stored()).toEqual([]);
  });

  test("an unknown ticket has no files and takes none", async () => {
    ticketId = "T-none";
    const reply = await upload(png, "kind=photo&purpose=site");
    expect([reply.status, (await reply.json()).code]).toEqual([404, "TICKET_UNKNOWN"]);
    expect(stored()).toEqual([]);
  });
});

test.each([
  { header: undefined, is: undefined },
  { header: "bytes=0-", is: { from: 0, to: 99 } },
  { header: "bytes=10-19", is: { from: 10, to: 19 } },
  { header: "bytes=-10", is: { from: 90, to: 99 } },
  { header: "bytes=-1000", is: { from: 0, to: 99 } },
  { header: "bytes=90-1000", is: { from: 90, to: 99 } },
  { header: "bytes=100-", is: null },
  { header: "bytes=5-4", is: null },
  { header: "bytes=0-1,5-6", is: undefined },
  { header: "lines=0-1", is: undefined },
])("range $header", ({ header, is }) => expect(parseRange(header, 100)).toEqual(is));
