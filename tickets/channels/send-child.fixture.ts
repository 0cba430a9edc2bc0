import { openDatabase } from "@firebreak/kit/database.ts";
import { createTestClock, serviceOf, webhook } from "./channels.fixture.ts";

/** Sends what is due and is killed while it waits for the answer: `node send-child.fixture.ts <sqlite file> <url>`. */
const [path = "", url = ""] = process.argv.slice(2);
const db = openDatabase({ path });
await serviceOf({ db, clock: createTestClock(), targets: [webhook("erp", url)] }).runOnce();
