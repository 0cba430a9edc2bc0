import { readFileSync } from "node:fs";

/** Of the processor, °C; null where the kernel does not tell. A file of the kernel, no disk. */
export function readCelsius(file = "/sys/class/thermal/thermal_zone0/temp"): number | null {
  try {
    const thousandths = Number(readFileSync(file, "utf8"));
    return Number.isFinite(thousandths) ? thousandths / 1_000 : null;
  } catch {
    return null;
  }
}
