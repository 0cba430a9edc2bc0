import { once } from "node:events";
import { createServer } from "node:net";

/** Below what a kernel hands out by itself: from 32,768 on with Linux, from 49,152 on elsewhere. */
const first = 10_000;
const count = 22_000;

/**
 * A port of 127.0.0.1 for a server that must be told one, or that comes back to its own. Whoever asks the kernel for any
 * free port never gets it, so that nobody takes it before it is opened, or while its server is down.
 */
export async function quietPort(): Promise<number> {
  for (;;) {
    const port = first + Math.floor(Math.random() * count);
    const server = createServer();
    try {
      await once(server.listen(port, "127.0.0.1"), "listening");
    } catch {
      continue; // taken
    }
    await new Promise((resolve) => server.close(resolve));
    return port;
  }
}
