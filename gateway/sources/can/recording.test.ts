import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { openRecording } from "./recording.ts";
import { createRecordingFrame } from "./recording-frame.ts";

const folder = mkdtempSync(join(tmpdir(), "firebreak-recording-"));
afterAll(() => rmSync(folder, { recursive: true }));

describe("openRecording", () => {
  test("reads a file to its end, piece by piece, and knows how far it is", async () => {
    const path = join(folder, "three-pieces.log");
    const line = "(1.5) can0 0CF00400#F0FFA02E1CFFFFFF\n";
    writeFileSync(path, line.repeat(70_000));
    const recording = await openRecording(path);
    const frame = createRecordingFrame();
    const progress: number[] = [];
    let frames = 0;
    while (await recording.fill()) {
      while (recording.next(frame)) frames++;
      progress.push(recording.readBytes);
    }
    expect(frames).toBe(70_000);
    expect(frame.line).toBe(70_000);
    expect(progress.length).toBeGreaterThan(2);
    expect(recording.readBytes).toBe(recording.totalBytes);
    expect(await recording.fill()).toBe(false);
    await recording.close();
  });

  test("says in plain words what is wrong with a path", async () => {
    await expect(openRecording(join(folder, "absent.log"))).rejects.toMatchObject({
      code: "RECORDING_NOT_FOUND",
      retryable: false,
    });
    await expect(openRecording(folder)).rejects.toMatchObject({ code: "RECORDING_UNREADABLE" });
  });
});
