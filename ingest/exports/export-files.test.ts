import { existsSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { temporaryFolder } from "../ingest.fixture.ts";
import { type ExportFiles, openExportFiles } from "./export-files.ts";

const id = "00000000-0000-4000-8000-000000000001";
let folder: ReturnType<typeof temporaryFolder>;
let files: ExportFiles;
const description = () => join(folder.path, `${id}.json`);

beforeEach(() => {
  folder = temporaryFolder();
  files = openExportFiles(folder.path);
  writeFileSync(files.fileOf(id), "all rows");
});
afterEach(() => folder.remove());

test("an export whose description the disk does not give at present keeps its file", () => {
  symlinkSync(description(), description());
  expect(files.load()).toEqual([]);
  expect(existsSync(files.fileOf(id))).toBe(true);
  rmSync(description());
  writeFileSync(description(), JSON.stringify({ id }));
  expect(files.load()).toEqual([{ id }]);
});

test.each([
  { name: "none", text: undefined },
  { name: "a damaged one", text: '{"id":' },
  { name: "nothing in it", text: "null" },
])("a file goes whose description is $name", ({ text }) => {
  if (text !== undefined) writeFileSync(description(), text);
  expect(files.load()).toEqual([]);
  expect(existsSync(files.fileOf(id))).toBe(false);
});
