import type { FaultModel } from "../../faults/fault-model.ts";
import type { TowerCraneParameters } from "./parameters.ts";

const drives: readonly FaultModel<TowerCraneParameters>[] = [
  {
    id: "hoist-runs-heavily",
    failureMode: "hoist-overcurrent",
    title: { en: "Sheaves and reeving run heavily", "zh-CN": "滑轮和绕绳系统阻力增大" },
    source:
      "motor current up at the same load: precursor of gears and reeving; engineering default",
    lifeHours: [100, 320],
    grows: "under-load",
    shape: 1.6,
    visibleFrom: 0.2,
    stops: true,
    apply: (parameters, severity) => {
      parameters.ropeDrag *= 1 + 0.75 * severity;
    },
  },
  {
    id: "hoist-fan-fails",
    failureMode: "hoist-motor-overheating",
    title: { en: "Cooling fan of the hoist motor fails", "zh-CN": "起升电机强冷风机失效" },
    source: "engineering default; class F bears 155 °C (IEC 60085)",
    lifeHours: [40, 140],
    grows: "running",
    shape: 1.3,
    visibleFrom: 0.35,
    stops: true,
    apply: (parameters, severity) => {
      parameters.hoistDrive.motorFan *= Math.max(0, 1 - 1.5 * severity);
    },
  },
  {
    id: "cabinet-filter-clogs",
    failureMode: "drive-overheating",
    title: { en: "Filters of the control cabinet clog", "zh-CN": "电控柜滤网堵塞" },
    source: "drives reduce their current from about 85 °C; engineering default",
    lifeHours: [120, 400],
    grows: "running",
    shape: 1.2,
    visibleFrom: 0.3,
    stops: true,
    apply: (parameters, severity) => {
      parameters.cabinetAir *= Math.max(0.02, 1 - 1.3 * severity);
      parameters.hoistDrive.sinkAir *= Math.max(0, 1 - 1.2 * severity);
    },
  },
  {
    id: "supply-cable-corrodes",
    failureMode: "site-supply-weak",
    title: { en: "A terminal of the supply corrodes", "zh-CN": "供电接线端子氧化" },
    source: "GB/T 12325: not less than 198 V at the load; engineering default",
    lifeHours: [120, 400],
    grows: "always",
    shape: 1.5,
    visibleFrom: 0.15,
    stops: true,
    apply: (parameters, severity) => {
      parameters.supply.lineOhm *= 1 + 9 * severity;
    },
  },
];

const gears: readonly FaultModel<TowerCraneParameters>[] = [
  {
    id: "motor-bearing-fails",
    failureMode: "hoist-motor-bearing",
    title: { en: "Drive-end bearing of the hoist motor fails", "zh-CN": "起升电机驱动端轴承失效" },
    source: "ISO 15243: damage of raceways heats before it seizes; engineering default",
    lifeHours: [70, 260],
    grows: "under-load",
    shape: 2.2,
    visibleFrom: 0.15,
    stops: true,
    apply: (parameters, severity) => {
      parameters.motorBearing.friction *= 1 + 20 * severity;
      parameters.motorBearing.roughness *= 1 + 8 * severity;
    },
  },
  {
    id: "gear-bearing-spalls",
    failureMode: "hoist-gearbox-wear",
    title: { en: "Output bearing of the hoist gearbox spalls", "zh-CN": "起升减速机输出轴承剥落" },
    source: "ISO 15243, rolling contact fatigue; engineering default",
    lifeHours: [80, 300],
    grows: "under-load",
    shape: 2.2,
    visibleFrom: 0.15,
    stops: true,
    apply: (parameters, severity) => {
      parameters.gearBearing.friction *= 1 + 13 * severity;
      parameters.gearBearing.roughness *= 1 + 8 * severity;
    },
  },
  {
    id: "gear-oil-leaks",
    failureMode: "hoist-gearbox-wear",
    title: { en: "Hoist gearbox loses its oil", "zh-CN": "起升减速机漏油缺油" },
    source: "engineering default",
    lifeHours: [60, 200],
    grows: "under-load",
    shape: 1.8,
    visibleFrom: 0.2,
    stops: true,
    apply: (parameters, severity) => {
      parameters.gearFriction *= 1 + 7 * severity;
      parameters.gearBearing.friction *= 1 + 4 * severity;
    },
  },
  {
    id: "slewing-ring-runs-dry",
    failureMode: "slewing-stiff",
    title: { en: "Slewing ring runs dry and wears", "zh-CN": "回转支承缺脂磨损" },
    source: "greased every 100 to 150 h (rotheerde.com); engineering default",
    lifeHours: [100, 350],
    grows: "running",
    shape: 1.6,
    visibleFrom: 0.25,
    stops: true,
    apply: (parameters, severity) => {
      parameters.ringFriction *= 1 + 4.5 * severity;
    },
  },
];

const safety: readonly FaultModel<TowerCraneParameters>[] = [
  {
    id: "brake-lining-wears",
    failureMode: "hoist-brake-wear",
    title: { en: "Lining of the hoist brake wears", "zh-CN": "起升制动器衬垫磨损" },
    source: "linings are replaced at half of their thickness (tw-mac.com); engineering default",
    lifeHours: [90, 320],
    grows: "under-load",
    shape: 1,
    visibleFrom: 0.2,
    stops: true,
    apply: (parameters, severity) => {
      parameters.liningShare -= 0.7 * severity;
    },
  },
  {
    id: "brake-lining-oiled",
    failureMode: "hoist-brake-slip",
    title: { en: "Oil gets on the lining of the hoist brake", "zh-CN": "起升制动器摩擦片沾油" },
    source: "brake torque at least 1.75 times the load (GB/T 3811); engineering default",
    lifeHours: [25, 90],
    grows: "running",
    shape: 1.3,
    visibleFrom: 0.5,
    stops: true,
    apply: (parameters, severity) => {
      parameters.brakeGrip *= 1 - 0.94 * severity;
    },
  },
  {
    id: "limiter-drifts",
    failureMode: "moment-limiter-fault",
    title: { en: "Moment limiter cuts out too late", "zh-CN": "力矩限制器动作值偏移" },
    source: "must cut out between 100 and 110 % (GB 5144); engineering default",
    lifeHours: [150, 450],
    grows: "always",
    shape: 1,
    visibleFrom: 0.25,
    stops: false,
    apply: (parameters, severity) => {
      parameters.limiterPercent += 30 * severity;
    },
  },
  {
    id: "foundation-settles",
    failureMode: "tower-out-of-plumb",
    title: { en: "The foundation settles on one side", "zh-CN": "基础不均匀沉降" },
    source: "4/1000 out of plumb at most (JGJ 196-2010)",
    lifeHours: [350, 1000],
    grows: "always",
    shape: 1,
    visibleFrom: 0.2,
    stops: true,
    apply: (parameters, severity) => {
      parameters.settledDeg += 0.55 * severity;
    },
  },
  {
    id: "trolley-rope-stretches",
    failureMode: "trolley-rope-broken",
    title: { en: "Trolley rope stretches until it hangs", "zh-CN": "变幅钢丝绳伸长松弛" },
    source: "GB/T 5972 (ISO 4309); engineering default",
    lifeHours: [120, 400],
    grows: "under-load",
    shape: 1.5,
    visibleFrom: 0.5,
    stops: true,
    apply: (parameters, severity) => {
      parameters.trolleySlack += severity;
    },
  },
  {
    id: "load-pin-yields",
    failureMode: "load-sensor",
    title: { en: "Load pin yields, its zero drifts", "zh-CN": "载荷销轴屈服导致零点漂移" },
    source: "empty hook reads 0 within 0.1 t; engineering default",
    lifeHours: [150, 500],
    grows: "under-load",
    shape: 1.2,
    visibleFrom: 0.25,
    stops: false,
    apply: (parameters, severity) => {
      parameters.loadZeroT -= 0.7 * severity;
    },
  },
];

/** How a tower crane breaks. Lives are shortened to weeks. */
export const towerCraneFaults = [...drives, ...gears, ...safety];
