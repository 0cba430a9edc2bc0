import { writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";

/** What the readable server tells: one machine, with values of a day, and an element nobody knows. */
const fleet = `<?xml version="1.0" encoding="UTF-8"?>
<Fleet version="1" snapshotTime="2026-05-01T00:00:00Z">
  <Equipment>
    <EquipmentHeader><OEMName>Acme</OEMName><Model>TB 290</Model><SerialNumber>900001</SerialNumber></EquipmentHeader>
    <CumulativeOperatingHours datetime="2026-05-01T08:00:00Z"><Hour>1200.5</Hour></CumulativeOperatingHours>
    <FuelRemaining datetime="2026-05-01T08:00:00Z"><Percent>62.4</Percent></FuelRemaining>
    <EngineStatus datetime="2026-05-01T08:00:00Z"><Running>perhaps</Running></EngineStatus>
    <CabinColour datetime="2026-05-01T08:00:00Z"/>
  </Equipment>
</Fleet>`;

/** The machine of that fleet, as the hub names it. */
export const makersMachine = "acme:900001";

export interface OtherMaker {
  /** Host and port, as the hub names it in its problems. */
  readonly host: string;
  /** For `--aemp-sources`: one source that can be read, and one that refuses. */
  readonly sourcesFile: string;
  stop(): Promise<void>;
}

/** A server of another maker: `/open/1` gives a fleet, everything else refuses. */
export async function startOtherMaker(folder: string): Promise<OtherMaker> {
  const server = createServer((request, response) => {
    if (request.url !== "/open/1") return response.writeHead(401).end();
    return response.writeHead(200, { "content-type": "application/xml" }).end(fleet);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const auth = { kind: "none" };
  const sources = [
    { id: "acme", maker: "Acme", url: `http://${host}/open/1`, auth },
    { id: "closed-shop", url: `http://${host}/closed/1`, auth },
  ];
  const sourcesFile = join(folder, "sources.yaml");
  writeFileSync(sourcesFile, JSON.stringify({ version: 1, sources }));
  return {
    host,
    sourcesFile,
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
