import type { Command, Option } from "commander";

/** One thing that `firebreak simulate` can do. */
export interface SimulateMode {
  /** The name of the option that asks for it, as in the parsed values. */
  readonly askedBy: string;
  /** Options with the same flags as another mode's must mean the same. */
  readonly options: readonly Option[];
  /** Shown behind the options. */
  readonly help: string;
  /** Reads its own options of the command, and sets the exit code. */
  run(command: Command): Promise<void>;
}
