import type { createServer } from "@firebreak/dashboards/server/create-server.ts";
import { CodedError, errorCode } from "@firebreak/kit/coded-error.ts";

/** Listens on the first of these ports that is free; the last must be. @throws CodedError HTTP_LISTEN */
export async function listen(
  app: ReturnType<typeof createServer>,
  host: string,
  candidates: readonly (number | undefined)[],
): Promise<number> {
  const ports = candidates.filter((port) => port !== undefined);
  for (const [index, port] of ports.entries()) {
    try {
      await app.listen({ host, port });
      const address = app.server.address();
      return address && typeof address === "object" ? address.port : port;
    } catch (error) {
      if (index < ports.length - 1 && errorCode(error) === "EADDRINUSE") continue;
      throw cannotListen(host, port, error);
    }
  }
  throw new CodedError("HTTP_LISTEN", "no port to listen on");
}

const cannotListen = (host: string, port: number, cause: unknown) =>
  new CodedError(
    "HTTP_LISTEN",
    `cannot listen on ${host}:${port} (${errorCode(cause)}); choose another --port`,
    { cause },
  );
