import { openDatabaseUrl } from "./database.ts";

/** Writes pairs of rows, one transaction each, and says each number once it is confirmed, until it is killed. */
const [url = ""] = process.argv.slice(2);
const db = openDatabaseUrl(url);
for (let number = 1; ; number++) {
  await db.transaction(async (tx) => {
    const insert = tx.tables<{ pairs: { number: number; half: string } }>().insertInto("pairs");
    await insert.values({ number, half: "first" }).execute();
    await insert.values({ number, half: "second" }).execute();
  });
  process.stdout.write(`${number}\n`);
}
