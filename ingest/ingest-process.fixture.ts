/**
 * A hub's intake as a process of its own, to be killed. Arguments: data folder, MQTT port, and the address of an
 * external broker, if any. Prints its address.
 */
import { flushCompileCache } from "node:module";
import { startTestIngest } from "./ingest.fixture.ts";

const [, , folder = "", port = "0", broker] = process.argv;
const ingest = await startTestIngest(folder, {
  mqttPort: Number(port),
  ...(broker === undefined ? {} : { broker: { url: broker } }),
  store: { sealSamples: 200, sealAfterMs: 300 },
});
// Whoever is killed keeps no compiled code for the next one else.
flushCompileCache();
process.stdout.write(`${ingest.mqttUrl}\n`);
process.on("disconnect", () => process.exit(0));
