/** A store and its journal as a process of their own, to be killed. Arguments: folder, target. Says when it is done. */
import { openedInflux } from "./opened-influx.fixture.ts";

const [, , path = "", target = "{}"] = process.argv;
const opened = await openedInflux(
  { target: JSON.parse(target) },
  { path, remove: () => undefined },
);
await opened.store.caughtUp();
process.send?.("stored");
process.on("disconnect", () => process.exit(0));
