import { CodedError } from "@firebreak/kit/coded-error.ts";
import { Command, CommanderError } from "commander";
import { exitCodes } from "./exit-codes.ts";

/** Every command: its one-line description and where it lives. Only the one that was asked for is loaded. */
const commands: Record<string, { about: string; load: () => Promise<{ create(): Command }> }> = {
  decode: {
    about: "print the samples and trouble codes of a CAN recording as NDJSON",
    load: () => import("./commands/decode.ts"),
  },
};

if (process.env.FIREBREAK_TIED && process.connected) {
  delete process.env.FIREBREAK_TIED;
  process.on("disconnect", () => process.exit(exitCodes.failed));
  process.channel?.unref();
}

const asked = process.argv[2] ?? "";
const program = new Command("firebreak")
  .description("Fire prevention for construction machinery.")
  .showHelpAfterError("(see firebreak --help)")
  .exitOverride();

for (const [name, { about, load }] of Object.entries(commands)) {
  const command = name === asked ? (await load()).create() : new Command(name);
  program.addCommand(command.name(name).description(about).exitOverride());
}

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError)
    process.exitCode = error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
  else if (error instanceof CodedError) {
    process.stderr.write(`firebreak ${asked}: ${error.message}\n`);
    process.exitCode =
      error.code === "BAD_CONFIGURATION" ? exitCodes.badConfiguration : exitCodes.failed;
  } else throw error;
}
