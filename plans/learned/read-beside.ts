import { readFileSync, statSync } from "node:fs";
import { isAbsolute, join, normalize } from "node:path";
import { errorCode } from "@firebreak/kit/coded-error.ts";

/** A plan reads what lies beside it, and nothing else of the computer. `mostBytes`: larger files are not read. */
export function readBeside(
  folder: string,
  file: string,
  mostBytes: number,
): { readonly bytes: Buffer } | { readonly problem: string } {
  const inside = normalize(file);
  if (isAbsolute(file) || inside.startsWith(".."))
    return { problem: `${file} must lie beside the plan or in a folder below it` };
  const path = join(folder, inside);
  try {
    const state = statSync(path);
    if (!state.isFile()) return { problem: `${file} is no file` };
    if (state.size > mostBytes) return { problem: `${file} is larger than ${mostBytes} bytes` };
    return { bytes: readFileSync(path) };
  } catch (error) {
    const code = errorCode(error);
    return {
      problem:
        code === "ENOENT" ? `there is no ${file} beside the plan` : `cannot read ${file} (${code})`,
    };
  }
}
