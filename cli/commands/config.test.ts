import { createServer, type Server } from "node:http";
import { afterEach, expect, test } from "vitest";
import { create } from "./config.ts";

let server: Server | undefined;
afterEach(() => {
  server?.close();
});

const status = (url: string) => create().parseAsync(["status", "--url", url], { from: "user" });

test("says in one line that an address is no hub's, and that nobody answers there", async () => {
  const listening = createServer((_, reply) => reply.end("<html>welcome</html>"));
  server = listening;
  await new Promise<void>((done) => listening.listen(0, "127.0.0.1", done));
  const address = listening.address();
  const url = `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`;
  const noHub = { code: "HUB_UNREACHABLE", message: expect.stringContaining(url) };
  await expect(status(url)).rejects.toMatchObject(noHub);
  await new Promise((closed) => listening.close(closed));
  await expect(status(url)).rejects.toMatchObject(noHub);
  await expect(status("hub.example")).rejects.toMatchObject({ code: "HUB_UNREACHABLE" });
});
