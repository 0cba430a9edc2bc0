import { CodedError } from "@firebreak/kit/coded-error.ts";
import { loadTemplate, type ModbusTemplate, wholeRegister } from "./modbus-template.ts";
import { type PlanMistake, unknownName } from "./plan-mistake.ts";
import type { Acquisition, ModbusDevice, Signal } from "./plan-schema.ts";

/**
 * The acquisition with the signals that the templates of its Modbus devices bring, named after device and signal
 * (`genset` and `oilPressure`: `gensetOilPressure`). A signal of the plan that has such a name takes its place. The result
 * stands for itself: its devices have no templates any more. `folder`: where paths of templates count from.
 */
export function expandTemplates(
  acquisition: Acquisition,
  folder: string,
): { readonly acquisition: Acquisition; readonly mistakes: readonly PlanMistake[] } {
  if (acquisition.modbusDevices === undefined) return { acquisition, mistakes: [] };
  const mistakes: PlanMistake[] = [];
  const signals: Record<string, Signal> = { ...acquisition.signals };
  const devices: Record<string, ModbusDevice> = { ...acquisition.modbusDevices };
  for (const [name, device] of Object.entries(devices)) {
    const { template: wantedTemplate, signals: picked, ...own } = device;
    if (wantedTemplate === undefined) continue;
    const path = ["acquisition", "modbusDevices", name];
    const template = tryLoad(wantedTemplate, folder, (message) =>
      mistakes.push({ path: [...path, "template"], message, at: "value" }),
    );
    if (template === undefined) continue;
    devices[name] = { ...template.device, ...own };
    const known = Object.keys(template.signals);
    for (const [at, wanted] of (picked ?? []).entries())
      mistakes.push(
        ...unknownName("signal in the template", wanted, { known, path: [...path, "signals", at] }),
      );
    for (const wanted of known.filter((one) => picked?.includes(one) ?? true))
      signals[signalName(name, wanted)] ??= signalOf(template, wanted, name);
  }
  return { acquisition: { ...acquisition, modbusDevices: devices, signals }, mistakes };
}

/** `pump-controller` and `mainPressure`: `pumpControllerMainPressure`. */
export const signalName = (device: string, signal: string): string =>
  `${device}-${signal}`.replace(/-+(.)/g, (_, letter: string) => letter.toUpperCase());

function signalOf(template: ModbusTemplate, name: string, device: string): Signal {
  const found = template.signals[name];
  if (found === undefined) throw new TypeError(`no signal ${name}`);
  const { register, scale = 1, offset = 0, ...rest } = found;
  return {
    ...rest,
    scale,
    offset,
    source: template.source,
    modbus: { device, ...wholeRegister(template, register) },
  };
}

function tryLoad(
  template: string,
  folder: string,
  report: (message: string) => void,
): ModbusTemplate | undefined {
  try {
    return loadTemplate(template, folder);
  } catch (error) {
    if (!(error instanceof CodedError)) throw error;
    report(`the template cannot be used: ${error.message}`);
    return undefined;
  }
}
