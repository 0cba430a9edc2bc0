import type { FeedbackContent } from "@firebreak/tickets/customers/feedback.ts";
import type { Priority } from "@firebreak/tickets/vocabulary.ts";

/** How far a ticket of the demonstration has come. */
export type DemoStage =
  | "new"
  | "acknowledged"
  | "remote"
  | "assigned"
  | "accepted"
  | "en-route"
  | "working"
  | "waiting-parts"
  | "on-hold"
  | "verifying"
  | "follow-up"
  | "closed"
  | "cancelled";

export interface DemoTicket {
  /** Part of the ids of its commands. */
  readonly key: string;
  readonly machineId: string;
  /** Approved failure mode of the machine's plan; absent: `title` says what is to be done. */
  readonly fault?: string;
  readonly title?: string;
  /** As it was told. */
  readonly about: string;
  readonly kind?: "inspection" | "repair";
  readonly priority?: Priority;
  readonly stage: DemoStage;
  /** When it came to its stage, hours before the first start. */
  readonly hoursAgo: number;
  /** What the customer saw, when it was the customer who called. */
  readonly reported?: { readonly symptom: string; readonly stopped: boolean };
  readonly missing?: readonly { readonly partNo: string; readonly quantity: number }[];
  readonly work?: DemoWork;
  readonly rating?: FeedbackContent;
}

/** What the engineer found and did, for the report. */
export interface DemoWork {
  readonly symptom: string;
  readonly judgement: string;
  readonly handling: string;
  readonly advice: string;
  readonly cause?: string;
  readonly foundNothing?: boolean;
  readonly hours: number;
}

/** Oldest first, as they came to where they are. Everything in them is invented. */
export const demoTickets: readonly DemoTicket[] = [
  {
    key: "pistons",
    machineId: "PUMP-001",
    fault: "piston-wear",
    about: "泵送排量下降，水箱里有砂浆 / Output is down, there is mortar in the water box",
    stage: "closed",
    hoursAgo: 118 * 24,
    work: {
      symptom: "水箱浑浊，排量约为额定的八成 / Water box cloudy, about 80 % of rated output",
      judgement: "两个活塞唇口磨穿 / Lips of both pistons worn through",
      handling: "成对更换输送活塞并冲洗水箱 / Both pistons replaced, water box flushed",
      advice: "每班检查水箱水质 / Look at the water box every shift",
      cause: "piston-worn",
      hours: 3,
    },
    rating: { npsScore: 9, csat: 5, expectation: "above", comment: "来得快，当天恢复施工" },
  },
  {
    key: "thermostat",
    machineId: "PUMP-003",
    fault: "engine-overheating",
    about: "高温天怠速水温仍高 / Coolant stays hot at idle on hot days",
    reported: { symptom: "水温报警，停机等凉", stopped: true },
    stage: "closed",
    hoursAgo: 83 * 24,
    work: {
      symptom: "水温 104 °C，散热器进出水温差小 / 104 °C, little drop over the radiator",
      judgement: "节温器卡在半开 / Thermostat stuck half open",
      handling: "更换节温器，清洗散热器 / Thermostat replaced, radiator cleaned",
      advice: "每 250 小时清洗散热器 / Clean the radiator every 250 h",
      cause: "thermostat-stuck",
      hours: 2.5,
    },
    rating: { npsScore: 8, csat: 4, expectation: "meet" },
  },
  {
    key: "belt",
    machineId: "LOADER-001",
    fault: "charging-fault",
    about: "仪表充电灯常亮 / The charge lamp stays on",
    stage: "closed",
    hoursAgo: 64 * 24,
    work: {
      symptom: "发动机转动时蓄电池 12.1 V / 12.1 V with the engine running",
      judgement: "皮带打滑，张紧不足 / Belt slips, tension too low",
      handling: "张紧皮带，试车 30 分钟正常 / Belt tightened, 30 min trial good",
      advice: "下次保养更换皮带 / Replace the belt at the next service",
      cause: "belt-slips",
      hours: 1,
    },
    rating: { npsScore: 10, csat: 5, expectation: "exceed" },
  },
  {
    key: "conveyor",
    machineId: "PAVER-001",
    fault: "conveyor-drags",
    about: "左刮板启动困难 / The left conveyor starts with difficulty",
    stage: "closed",
    hoursAgo: 41 * 24,
    work: {
      symptom: "左刮板驱动压力偏高 / Left conveyor drive pressure high",
      judgement: "收工未清料，沥青凝结 / Mix left in overnight has set",
      handling: "加热清料，链条张紧 / Heated and cleaned, chain tensioned",
      advice: "每班收工清空料斗 / Empty the hopper after every shift",
      cause: "mix-caked",
      hours: 4.5,
    },
    rating: { npsScore: 7, csat: 4, expectation: "meet" },
  },
  {
    key: "round",
    machineId: "PUMP-001",
    title: "季度巡检 / Quarterly inspection",
    about: "按服务计划 / By the service plan",
    kind: "inspection",
    priority: "planned",
    stage: "closed",
    hoursAgo: 33 * 24,
    work: {
      symptom: "无 / none",
      judgement: "各项正常 / Everything in order",
      handling: "紧固、润滑 / Tightened and greased",
      advice: "雨季加强润滑 / Grease more often in the rainy season",
      foundNothing: true,
      hours: 2,
    },
  },
  {
    key: "drum-belt",
    machineId: "MILL-001",
    fault: "drum-belt-slipping",
    about: "铣刨鼓转速波动 / Drum speed fluctuates",
    stage: "closed",
    hoursAgo: 27 * 24,
    work: {
      symptom: "带负荷时鼓速下降 12 % / Drum speed falls by 12 % under load",
      judgement: "皮带组老化 / Belt set aged",
      handling: "更换皮带组并调张紧 / Belt set replaced and tensioned",
      advice: "每 50 小时查张紧 / Check the tension every 50 h",
      cause: "belt-worn",
      hours: 3.5,
    },
    rating: { npsScore: 9, csat: 5, expectation: "above" },
  },
  {
    key: "supply",
    machineId: "TOWER-001",
    fault: "site-supply-weak",
    about: "起升重载时电压跌落 / Voltage sags when heavy loads are hoisted",
    stage: "closed",
    hoursAgo: 20 * 24,
    work: {
      symptom: "满载起升时 352 V / 352 V with a full load",
      judgement: "与搅拌站共用一路 / Shares its line with the mixing plant",
      handling: "工地改为专线 / Site gave it a line of its own",
      advice: "复测压降 / Measure the sag again",
      cause: "shared-line",
      hours: 1.5,
    },
  },
  {
    key: "angle-sensor",
    machineId: "CRANE-001",
    fault: "length-angle-sensor",
    about: "力限器报传感器故障 / The load limiter tells of a sensor fault",
    reported: { symptom: "力矩限制器报警，不让起升", stopped: true },
    stage: "closed",
    hoursAgo: 12 * 24,
    work: {
      symptom: "臂长读数不变 / The length reading does not move",
      judgement: "电缆卷筒断线 / Cable of the reel torn",
      handling: "更换长度角度传感器并标定 / Sensor replaced and calibrated",
      advice: "雨后检查卷筒 / Look at the reel after rain",
      cause: "cable-torn",
      hours: 3,
    },
    rating: { npsScore: 9, csat: 5, expectation: "above", comment: "工程师讲解很清楚" },
  },
  {
    key: "mud-valves",
    machineId: "DRILL-001",
    fault: "mud-pump-wear",
    about: "泥浆流量不足 / Too little mud",
    stage: "closed",
    hoursAgo: 6 * 24,
    work: {
      symptom: "额定转速下流量约七成 / 70 % of the flow at rated speed",
      judgement: "阀体冲蚀 / Valves washed out",
      handling: "更换阀组 / Valves replaced",
      advice: "控制泥浆含砂量 / Keep sand out of the mud",
      cause: "valves-worn",
      hours: 3.5,
    },
    rating: { npsScore: 5, csat: 3, expectation: "below", comment: "等配件等了两天" },
  },
  {
    key: "double",
    machineId: "LOADER-002",
    title: "重复报修 / Reported twice",
    about: "与电话报修重复 / Same as the telephone report",
    stage: "cancelled",
    hoursAgo: 5 * 24,
  },
  {
    key: "return-filter",
    machineId: "PUMP-003",
    fault: "hydraulic-filter-clogged",
    about: "回油滤芯堵塞指示 / Return filter indicator is up",
    stage: "follow-up",
    hoursAgo: 30,
    work: {
      symptom: "热态压差超限 / Pressure drop over its limit when warm",
      judgement: "滤芯到寿命 / Element at the end of its life",
      handling: "更换回油滤芯 / Return element replaced",
      advice: "按小时更换 / Replace by hours",
      cause: "return-filter-full",
      hours: 1.5,
    },
  },
  {
    key: "hose",
    machineId: "TPUMP-001",
    fault: "hydraulic-oil-loss",
    about: "油位两天下降 8 格 / The oil level fell by 8 marks in two days",
    stage: "verifying",
    hoursAgo: 3,
    work: {
      symptom: "主油缸软管接头渗油 / Hose of the main cylinder weeps",
      judgement: "软管磨破 / Hose chafed",
      handling: "更换软管、补油 / Hose replaced, oil filled up",
      advice: "固定软管 / Clamp the hose",
      cause: "hose-leaks",
      hours: 2,
    },
  },
  {
    key: "exciter",
    machineId: "ROLLER-002",
    fault: "exciter-bearing-wear",
    about: "前轮激振器温度高、异响 / Front exciter hot and noisy",
    stage: "waiting-parts",
    hoursAgo: 26,
    missing: [{ partNo: "FB-RR-ISO-01", quantity: 4 }],
  },
  {
    key: "hold",
    machineId: "ROLLER-003",
    fault: "vibration-drive-leakage",
    about: "振频到不了额定 / Vibration does not reach its rate",
    stage: "on-hold",
    hoursAgo: 20,
  },
  {
    key: "gearbox",
    machineId: "TOWER-002",
    fault: "hoist-gearbox-wear",
    about: "减速机振动上升 / Gearbox vibration rises",
    stage: "working",
    hoursAgo: 2.2,
  },
  {
    key: "heater",
    machineId: "PAVER-002",
    fault: "screed-heater-open",
    about: "熨平板右侧不热 / The right side of the screed stays cold",
    reported: { symptom: "熨平板右边加热不起来", stopped: false },
    stage: "working",
    hoursAgo: 1.1,
  },
  {
    key: "crane-oil",
    machineId: "CRANE-003",
    fault: "hydraulic-oil-loss",
    about: "支腿处漏油 / Oil under an outrigger",
    stage: "en-route",
    hoursAgo: 0.5,
  },
  {
    key: "picks",
    machineId: "MILL-002",
    fault: "picks-worn",
    about: "铣刨面有台阶 / Steps in the milled surface",
    stage: "accepted",
    hoursAgo: 4,
  },
  {
    key: "charge",
    machineId: "DRILL-002",
    fault: "charge-pressure-low",
    about: "补油压力报警 / Charge pressure alarm",
    stage: "assigned",
    hoursAgo: 0.15,
  },
  {
    key: "coolant-sensor",
    machineId: "LOADER-003",
    fault: "engine-coolant-temperature-sensor",
    about: "水温无读数 / No coolant temperature",
    stage: "acknowledged",
    hoursAgo: 1.5,
  },
  {
    key: "switches",
    machineId: "TPUMP-002",
    fault: "hydraulic-switch-circuits",
    about: "滤清器报警时有时无 / The filter alarm comes and goes",
    stage: "remote",
    hoursAgo: 0.7,
  },
  {
    key: "autumn",
    machineId: "PUMP-004",
    title: "旺季前检查",
    about: "按服务计划 / By the service plan",
    kind: "inspection",
    priority: "planned",
    stage: "acknowledged",
    hoursAgo: 8,
  },
  {
    key: "slewing",
    machineId: "TOWER-003",
    fault: "slewing-stiff",
    about: "回转启动沉重 / Slewing starts heavily",
    stage: "new",
    hoursAgo: 0.4,
  },
  {
    key: "noise",
    machineId: "CRANE-002",
    fault: "hydraulic-oil-overheating",
    about: "",
    reported: { symptom: "液压油温高，风扇有异响", stopped: false },
    stage: "new",
    hoursAgo: 0.8,
  },
];
