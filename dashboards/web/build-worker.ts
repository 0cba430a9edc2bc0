import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build, type Manifest } from "vite";

/** What must open without a line, as the manifest of the build names it. */
const fieldPages = ["pages/work-page.tsx", "pages/work-order-page.tsx", "i18n/late-messages.ts"];
const entry = "index.html";

/** The addresses of everything that the entry and these pages load, themselves included. Pure. */
export function shellOf(manifest: Manifest, pages: readonly string[] = fieldPages): string[] {
  const files = new Set<string>();
  const seen = new Set<string>();
  const visit = (name: string) => {
    const chunk = manifest[name];
    if (chunk === undefined) throw new TypeError(`the build has no ${name}`);
    if (seen.has(name)) return;
    seen.add(name);
    for (const file of [chunk.file, ...(chunk.css ?? []), ...(chunk.assets ?? [])]) files.add(file);
    for (const imported of chunk.imports ?? []) visit(imported);
  };
  for (const name of [entry, ...pages]) visit(name);
  files.delete(entry);
  return [...files].sort().map((file) => `/${file}`);
}

/** Bundles the service worker into `<folder>/field-worker.js`, with the list of what it keeps. */
export async function buildWorker(root: string, folder: string): Promise<void> {
  const manifest = JSON.parse(readFileSync(join(folder, ".vite/manifest.json"), "utf8"));
  const shell = shellOf(manifest as Manifest);
  const page = readFileSync(join(folder, entry));
  const version = createHash("sha256").update(page).update(shell.join()).digest("hex").slice(0, 16);
  const built = await build({
    root,
    configFile: false,
    publicDir: false,
    logLevel: "warn",
    mode: "production",
    define: { __SHELL__: JSON.stringify(shell), __VERSION__: JSON.stringify(version) },
    build: {
      write: false,
      target: "es2022",
      lib: {
        entry: join(root, "worker/field-worker.ts"),
        formats: ["iife"],
        name: "fieldWorker",
        fileName: () => "field-worker.js",
      },
    },
  });
  const [first] = [built].flat() as { output: { code?: string }[] }[];
  const code = first?.output[0]?.code;
  if (code === undefined) throw new TypeError("the worker was not built");
  writeFileSync(join(folder, "field-worker.js"), code);
}
