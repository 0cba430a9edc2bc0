import { openRecording, type Recording } from "@firebreak/gateway/sources/can/recording.ts";
import { createRecordingFrame } from "@firebreak/gateway/sources/can/recording-frame.ts";
import { parseColumns } from "@firebreak/gateway/sources/can/recordings/column-map.ts";
import { CodedError } from "@firebreak/kit/coded-error.ts";
import { SingleBar } from "cli-progress";
import { Command } from "commander";
import { createLineOutput, type LineOutput } from "../line-output.ts";
import { createRecordingDecoder } from "./decode/recording-decoder.ts";
import { createSampleLines } from "./decode/sample-lines.ts";
import { catalogueOf, type SignalCatalogue } from "./decode/signal-catalogue.ts";
import { createSummary } from "./decode/summary.ts";

interface Options {
  readonly columns?: string;
  readonly all?: true;
  readonly summary?: true;
  readonly dbc?: readonly string[];
  readonly spns?: readonly string[];
  readonly canopen?: true;
}

const help = `
Each line is one sample, or the active trouble codes of one DM1 message, in the order of the file:
  {"t":12.3456,"bus":"can0","sa":0,"pgn":61444,"spn":190,"name":"engineSpeed","value":900.75,"unit":"rpm","quality":"good"}
  {"t":12.4,"bus":"can0","sa":0,"pgn":65226,"dtcs":[{"spn":100,"fmi":4,"oc":1,"cm":0}],"lamps":{"mil":"off",…}}
Other diagnostics (DM2, DM4, DM5, DM6, DM12), texts, address claims and orders of service tools are lines of their own.

Formats, told by the content: candump, candump -L, Vector ASC, PCAN TRC 1.0 to 2.1, CSV with a head line. Where the head
line of a CSV does not say enough, --columns does: id=…,data=… and time, timeUnit (s, ms, us), idBase (hex, dec),
dataCoding (hex, base64), extended, length, bus, remote, error; each names a column or counts from 1.

t is the time in the file, seconds, or null; value is null unless the quality is good.

Examples:
  firebreak decode drive.log | head
  firebreak decode --summary drive.log
  firebreak decode --columns "time=Abs,timeUnit=ms,id=Msg,data=B1-B8" scope.csv
  candump -L can0 | firebreak decode -
  firebreak decode --dbc boom.dbc --spns own-spns.csv drive.log
`;

/** `firebreak decode`: what a CAN recording says, with no configuration. */
export function create(): Command {
  return new Command("decode")
    .argument("<recording>", "recording of a CAN bus; - reads stdin")
    .option("--all", "also what the machine says is not available")
    .option("--columns <map>", "columns of a CSV, as name=column,…")
    .option("--summary", "one object with counts and ranges instead of every sample")
    .option("--dbc <file...>", "also the signals of these DBCs")
    .option("--spns <file...>", "also the SPNs of these lists, CSV as spn-facts.csv")
    .option("--canopen", "read 11-bit identifiers as CANopen: emergencies")
    .addHelpText("after", help)
    .action(run);
}

async function run(path: string, options: Options): Promise<void> {
  const catalogue = catalogueOf(options);
  const columns = options.columns === undefined ? {} : { columns: parseColumns(options.columns) };
  const recording = await openRecording(path, columns);
  const output = createLineOutput(process.stdout);
  try {
    const frames = options.summary
      ? await summarise(recording, output, { ...options, catalogue })
      : await print(recording, output, { ...options, catalogue });
    if (!output.isOpen) return;
    reportBrokenLines(path, recording, frames);
  } finally {
    await recording.close();
  }
}

type Wanted = Options & { readonly catalogue: SignalCatalogue };

async function print(
  recording: Recording,
  output: LineOutput,
  { all, canopen, catalogue }: Wanted,
): Promise<number> {
  const lines = createSampleLines({ withNotAvailable: all ?? false, catalogue });
  const decoder = createRecordingDecoder({
    catalogue,
    isCanopen: canopen ?? false,
    onSamples: (message) => output.write(lines.ofSamples(message)),
    onActiveDtcs: (message) => output.write(lines.ofActiveDtcs(message)),
    onSaying: (message) => output.write(lines.ofSaying(message)),
  });
  return await eachFrame(recording, output, decoder.decode);
}

async function summarise(
  recording: Recording,
  output: LineOutput,
  { all, catalogue }: Wanted,
): Promise<number> {
  const summary = createSummary(catalogue);
  const decoder = createRecordingDecoder({
    catalogue,
    onSamples: summary.addSamples,
    onActiveDtcs: summary.addActiveDtcs,
  });
  const frames = await eachFrame(recording, output, decoder.decode);
  const result = summary.result({
    frames,
    skippedLines: recording.parser.brokenLines,
    messages: decoder.messageCounts(),
    withNotAvailable: all ?? false,
  });
  output.write(`${JSON.stringify(result)}\n`);
  await output.flush();
  return frames;
}

/** Reads to the end, or until nobody reads the output any more. Returns how many frames there were. */
async function eachFrame(
  recording: Recording,
  output: LineOutput,
  decode: ReturnType<typeof createRecordingDecoder>["decode"],
): Promise<number> {
  const frame = createRecordingFrame();
  const showsProgress = process.stderr.isTTY && recording.totalBytes > 0;
  const bar = new SingleBar({
    format: "{bar} {percentage}%, {eta} s left",
    stream: process.stderr,
    clearOnComplete: true,
  });
  if (showsProgress) bar.start(recording.totalBytes, 0);
  let frames = 0;
  try {
    while (output.isOpen && (await recording.fill())) {
      while (recording.next(frame)) {
        frames++;
        decode(frame);
        if (output.isFull && !(await output.flush())) break;
      }
      if (showsProgress) bar.update(recording.readBytes);
    }
    await output.flush();
  } finally {
    if (showsProgress) bar.stop();
  }
  return frames;
}

function reportBrokenLines(path: string, { parser }: Recording, frames: number): void {
  if (parser.brokenLines === 0) return;
  const first = parser.problems.map(({ line, problem }) => `line ${line}: ${problem}`).join("; ");
  const rest = parser.brokenLines > parser.problems.length ? "; …" : "";
  if (frames === 0)
    throw new CodedError(
      "NO_FRAMES",
      `${path} holds no CAN frame, only text in no format known here (${first}${rest}).`,
    );
  const count = parser.brokenLines === 1 ? "1 line was" : `${parser.brokenLines} lines were`;
  process.stderr.write(`firebreak decode: ${count} no frame and skipped (${first}${rest})\n`);
}
