import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { CodedError } from "@firebreak/kit/coded-error.ts";

/** What runs ONNX files, where the user has installed it beside Firebreak. */
export const runtimePackage = "onnxruntime-web";
/** With which this was tried. */
export const triedVersion = "1.30.0";

/** One model, ready to be asked. */
export interface OnnxSession {
  /** `sizes`: of the input. @throws whatever the runtime says */
  run(values: Float32Array, sizes: readonly number[]): Promise<readonly number[]>;
}

export interface OnnxRuntime {
  /** @throws whatever the runtime says of a model that it cannot run */
  open(
    bytes: Uint8Array,
    names: { readonly input: string; readonly output: string },
  ): Promise<OnnxSession>;
}

interface RuntimeModule {
  readonly env: { readonly wasm: { numThreads?: number }; logLevel?: string };
  readonly InferenceSession: {
    create(bytes: Uint8Array, options: object): Promise<ModuleSession>;
  };
  readonly Tensor: new (type: string, values: Float32Array, sizes: readonly number[]) => object;
}

interface ModuleSession {
  run(
    inputs: Readonly<Record<string, object>>,
    outputs: readonly string[],
  ): Promise<Readonly<Record<string, { readonly data: ArrayLike<unknown> }>>>;
}

const isRuntime = (module: unknown): module is RuntimeModule =>
  typeof module === "object" &&
  module !== null &&
  ["env", "InferenceSession", "Tensor"].every((name) => name in module);

/**
 * The runtime, if it is there. Its memory is bounded by `boundMemory`, which must have been called before.
 * @throws CodedError RUNTIME_ABSENT with what to install; not retryable
 */
export async function openRuntime(): Promise<OnnxRuntime> {
  const module = await importRuntime();
  // Without threads of its own: one thread is what is ended when it takes too long.
  module.env.wasm.numThreads = 1;
  module.env.logLevel = "fatal";
  return {
    async open(bytes, { input, output }) {
      const options = { executionProviders: ["wasm"], logSeverityLevel: 4 };
      const session = await module.InferenceSession.create(bytes, options);
      return {
        async run(values, sizes) {
          const tensor = new module.Tensor("float32", values, sizes);
          const { [output]: answer } = await session.run({ [input]: tensor }, [output]);
          return Array.from(answer?.data ?? [], Number);
        },
      };
    },
  };
}

async function importRuntime(): Promise<RuntimeModule> {
  const url = urlOfRuntime();
  if (url === undefined) throw new CodedError("RUNTIME_ABSENT", runtimeAbsent);
  const module: unknown = await import(url);
  const inner = typeof module === "object" && module && "default" in module && module.default;
  for (const candidate of [module, inner]) if (isRuntime(candidate)) return candidate;
  throw new CodedError(
    "RUNTIME_ABSENT",
    `What is installed as ${runtimePackage} is another package; ${triedVersion} was tried.`,
  );
}

/** What to do where it is not installed. */
export const runtimeAbsent = `Rules of kind model-file want the package ${runtimePackage}, which is not installed. Install it beside Firebreak: \`npm install ${runtimePackage}@${triedVersion}\` (the version that was tried), or name a folder that has it in FIREBREAK_ONNX_FOLDER.`;

/** Where it is installed; undefined: nowhere. Nothing is loaded. */
export function urlOfRuntime(): string | undefined {
  const folder = process.env.FIREBREAK_ONNX_FOLDER;
  const from = folder ? join(resolve(folder), "package.json") : import.meta.filename;
  try {
    return pathToFileURL(createRequire(from).resolve(runtimePackage)).href;
  } catch {
    return undefined;
  }
}

const pageBytes = 65_536;

/**
 * From here on no WebAssembly of this thread gets more memory than that: a model may ask for any amount, and what it does
 * not get makes it fail instead of the process.
 */
export function boundMemory(mostBytes: number): void {
  const most = Math.floor(mostBytes / pageBytes);
  const { Memory } = WebAssembly;
  WebAssembly.Memory = class extends Memory {
    constructor(wanted: WebAssembly.MemoryDescriptor) {
      super({ ...wanted, maximum: Math.min(wanted.maximum ?? most, most) });
    }
  };
}
