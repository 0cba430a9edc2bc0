import { readFileSync } from "node:fs";

/** Where devices tell who they are: board, firmware, and at last the installation of the system. */
const places = [
  "/proc/device-tree/serial-number",
  "/sys/class/dmi/id/product_serial",
  "/sys/class/dmi/id/board_serial",
  "/etc/machine-id",
] as const;
/** What makers leave in when they have filled in nothing. */
const placeholders =
  /^(0+|none|default string|to be filled.*|not (specified|applicable)|system serial number|1234567890?)$/i;

/** The serial number of this device; undefined when it has none that this user may read. */
export function deviceSerialNumber(
  read: (path: string) => string = (path) => readFileSync(path, "utf8"),
): string | undefined {
  for (const path of places) {
    const text = tryRead(read, path).replaceAll("\0", "").trim();
    if (text !== "" && text.length <= 128 && !placeholders.test(text)) return text;
  }
  return undefined;
}

function tryRead(read: (path: string) => string, path: string): string {
  try {
    return read(path);
  } catch {
    // Absent on this kind of device, or readable by root only.
    return "";
  }
}
