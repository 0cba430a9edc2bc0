import { createHash } from "node:crypto";
import { constants, zstdCompressSync, zstdDecompressSync } from "node:zlib";
import { CodedError } from "@firebreak/kit/coded-error.ts";
import { listAt, malformedSession, numberAt, objectAt, textAt, wholeAt } from "./json-shape.ts";
import type { SignalDefinition, SignalDictionary } from "./signal-dictionary.ts";

/** The most that the dictionaries of one birth may unfold to, bytes. */
const maxJsonBytes = 4 * 1024 * 1024;
const maxDictionaries = 1_000;
const windowLog = 21;

/** Signal indexes of a batch are 16 bits. */
const maxSignals = 65_536;

const hashPattern = /^[0-9a-f]{16}$/;
const namePattern = /^[^\p{Cc}]{1,256}$/u;
const unitPattern = /^[^\p{Cc}]{0,64}$/u;

/** The value of metric `Firebreak/Dictionaries`. Throws SESSION_TOO_LARGE beyond 4 MiB of JSON. */
export function encodeDictionaries(dictionaries: readonly SignalDictionary[]): Uint8Array {
  const json = Buffer.from(JSON.stringify(dictionaries));
  if (json.length > maxJsonBytes)
    throw new CodedError("SESSION_TOO_LARGE", "the dictionaries exceed their greatest size");
  return zstdCompressSync(json, { params: { [constants.ZSTD_c_windowLog]: windowLog } });
}

/**
 * Reads and checks the dictionaries of a birth. Throws SESSION_MALFORMED, also when a hash is not that of its
 * dictionary. Fields of newer gateways count for the hash and are left out.
 */
export function parseDictionaries(bytes: Uint8Array): SignalDictionary[] {
  return listAt(unfold(bytes), "dictionaries", { max: maxDictionaries, read: readDictionary });
}

function readDictionary(value: unknown): SignalDictionary {
  const { hash, plan, signals } = objectAt(value, "dictionary");
  const stated = textAt(hash, "dictionary.hash", hashPattern);
  if (hashOf({ plan, signals }) !== stated) throw malformedSession("dictionary.hash");
  return {
    hash: stated,
    plan: textAt(plan, "dictionary.plan", namePattern),
    signals: listAt(signals, "dictionary.signals", { max: maxSignals, read: readSignal }),
  };
}

/** Over the fields as they came, unknown ones included; nesting too deep to print has no hash. */
function hashOf(content: unknown): string | undefined {
  try {
    return createHash("sha256").update(JSON.stringify(content)).digest("hex").slice(0, 16);
  } catch {
    return undefined;
  }
}

function readSignal(value: unknown): SignalDefinition {
  const { name, unit, scale, offset, spn, sa, isCounter } = objectAt(value, "dictionary.signals");
  return {
    name: textAt(name, "signal.name", namePattern),
    unit: textAt(unit, "signal.unit", unitPattern),
    scale: numberAt(scale, "signal.scale"),
    offset: numberAt(offset, "signal.offset"),
    ...(spn === undefined ? {} : { spn: wholeAt(spn, "signal.spn", { max: 0x7ffff }) }),
    ...(sa === undefined ? {} : { sa: wholeAt(sa, "signal.sa", { max: 0xff }) }),
    ...(isCounter === true ? { isCounter } : {}),
  };
}

function unfold(bytes: Uint8Array): unknown {
  try {
    const json = zstdDecompressSync(bytes, {
      maxOutputLength: maxJsonBytes,
      params: { [constants.ZSTD_d_windowLogMax]: windowLog },
    });
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(json));
  } catch (error) {
    throw malformedSession("dictionaries", error);
  }
}
