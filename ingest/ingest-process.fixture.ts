/** A hub's intake as a process of its own, to be killed. Arguments: data folder, MQTT port. Prints its address. */
import { flushCompileCache } from "node:module";
import { startTestIngest } from "./ingest.fixture.ts";

const [, , folder = "", port = "0"] = process.argv;
const ingest = await startTestIngest(folder, {
  mqttPort: Number(port),
  store: { sealSamples: 200, sealAfterMs: 300 },
});
// Whoever is killed keeps no compiled code for the next one else.
flushCompileCache();
process.stdout.write(`${ingest.mqttUrl}\n`);
process.on("disconnect", () => process.exit(0));
