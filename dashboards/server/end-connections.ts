import type { Socket } from "node:net";
import type { FastifyInstance } from "fastify";

/** How long answers that are under way have once the server closes. Less than the 10 s that Docker waits. */
const answerMs = 5_000;
const lookEveryMs = 50;

/**
 * Lets the server close in seconds whoever is connected. By itself it waits for each connection that was answering when it
 * closed until that has been kept for another request in vain (65 s), and for one that a browser has opened ahead and not
 * used as long as the browser likes.
 */
export function endConnections(app: FastifyInstance, graceMs = answerMs): void {
  const { server } = app;
  const open = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    open.add(socket);
    socket.once("close", () => open.delete(socket));
  });
  app.addHook("preClose", async () => {
    if (!server.listening) return;
    for (const socket of open) if (socket.bytesRead === 0) socket.destroy();
    const answered = setInterval(() => server.closeIdleConnections(), lookEveryMs);
    const late = setTimeout(() => server.closeAllConnections(), graceMs);
    server.once("close", () => {
      clearInterval(answered);
      clearTimeout(late);
    });
  });
}
