import { existsSync, readdirSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { CodedError } from "@firebreak/kit/coded-error.ts";

const source = fileURLToPath(new URL("../web", import.meta.url));
const built = fileURLToPath(new URL("../web/dist", import.meta.url));

/** When the newest source file changed, ms since the Unix epoch. Tests do not end up in the bundle. */
function newestSourceMs(): number {
  let newest = 0;
  for (const name of readdirSync(source, { recursive: true, encoding: "utf8" })) {
    if (name.startsWith("dist") || name.includes(".test.") || name.startsWith("build")) continue;
    newest = Math.max(newest, statSync(`${source}/${name}`).mtimeMs);
  }
  return newest;
}

const isFresh = (): boolean =>
  existsSync(`${built}/index.html`) && statSync(`${built}/index.html`).mtimeMs >= newestSourceMs();

/**
 * The folder of the built web application, building it first (about 1 s) where it is missing or older than its
 * sources. Where the bundler is not installed an existing build is used as it is. Throws WEB_NOT_BUILT.
 */
export async function ensureWebBuilt(): Promise<string> {
  if (isFresh()) return built;
  try {
    const { buildWeb } = await import("../web/build.ts");
    await buildWeb();
  } catch (error) {
    if (existsSync(`${built}/index.html`) && isMissingBundler(error)) return built;
    throw notBuilt(error);
  }
  return built;
}

const isMissingBundler = (error: unknown): boolean =>
  error instanceof Error && "code" in error && error.code === "ERR_MODULE_NOT_FOUND";

function notBuilt(cause: unknown): CodedError {
  const why = isMissingBundler(cause)
    ? "the bundler (vite) is not installed: run npm ci, or npm run build:web where it is"
    : "building it failed";
  return new CodedError("WEB_NOT_BUILT", `the web application is not built: ${why}`, { cause });
}
