import { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { errorCode } from "@firebreak/kit/coded-error.ts";
import { build } from "vite";
import { buildWorker } from "./build-worker.ts";

const root = fileURLToPath(new URL(".", import.meta.url));

export interface BuiltFile {
  readonly name: string;
  readonly bytes: number;
  readonly gzipBytes: number;
}

/**
 * Bundles the web application into `dist` and puts a compressed copy beside each asset. The folder appears in one
 * step, so a server that starts meanwhile sees the old or the new build.
 */
export async function buildWeb(): Promise<BuiltFile[]> {
  const unfinished = join(root, `dist.${process.pid}`);
  const finished = join(root, "dist");
  await build({
    root,
    configFile: false,
    logLevel: "warn",
    mode: "production",
    // Said outright: a NODE_ENV of whoever starts the hub must not bring source paths into the pages.
    define: { "process.env.NODE_ENV": '"production"' },
    oxc: { jsx: { runtime: "automatic", importSource: "preact", development: false } },
    build: {
      outDir: unfinished,
      emptyOutDir: true,
      manifest: true,
      target: "es2022",
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      // A slow computer is not told about it.
      rolldownOptions: { checks: { pluginTimings: false } },
    },
  });
  await buildWorker(root, unfinished);
  rmSync(join(unfinished, ".vite"), { recursive: true });
  const assets = join(unfinished, "assets");
  const files = readdirSync(assets).map((name) => {
    const bytes = readFileSync(join(assets, name));
    const zipped = gzipSync(bytes, { level: 9 });
    writeFileSync(join(assets, `${name}.gz`), zipped);
    writeFileSync(join(assets, `${name}.br`), brotliCompressSync(bytes));
    return { name, bytes: bytes.length, gzipBytes: zipped.length };
  });
  replaceFolder(finished, unfinished);
  return files;
}

/** Another hub that starts at the same moment may put its own build there in between; the last one stays. */
function replaceFolder(old: string, replacement: string): void {
  for (;;) {
    try {
      rmSync(old, { recursive: true, force: true });
      renameSync(replacement, old);
      return;
    } catch (error) {
      if (!["ENOTEMPTY", "EEXIST"].includes(errorCode(error))) throw error;
    }
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  for (const { name, bytes, gzipBytes } of await buildWeb())
    process.stdout.write(`${name}  ${bytes} bytes, ${gzipBytes} gzip\n`);
