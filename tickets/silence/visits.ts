import type { I18nText } from "../evidence.ts";
import type { Check } from "../ticket-facts.ts";
import type { SilentMachine } from "./silent-machine.ts";

/** What somebody is to do about a silent machine. */
interface Visit {
  readonly title: I18nText;
  readonly checks: readonly Check[];
  /** Details with which nobody need go there. */
  readonly except?: readonly string[];
}

const power: Check = {
  check: {
    en: "Look at battery, main switch, fuse and plug of the gateway; measure its supply",
    "zh-CN": "检查电瓶、总开关、网关保险丝和插头，测量网关供电电压",
  },
  expected: {
    en: "Supply within the gateway's limits, its light is on",
    "zh-CN": "供电电压正常，网关指示灯亮",
  },
};

const link: Check = {
  check: {
    en: "Look at antenna, its cable and the SIM card; read the signal strength",
    "zh-CN": "检查天线、天线馈线和 SIM 卡，读取信号强度",
  },
  expected: {
    en: "Antenna tight and free of metal, the gateway is registered with the network and reaches the hub",
    "zh-CN": "天线牢固且无金属遮挡，网关已注册网络并能连接中心",
  },
};

/** By the watch's cause. Absent: switched off, or something of the hub's own. */
const visits: Readonly<Record<string, Visit>> = {
  "power-cut": {
    title: { en: "No data: no power at the gateway?", "zh-CN": "设备失联：网关断电？" },
    checks: [power],
  },
  "no-coverage": {
    title: { en: "No data: no mobile coverage?", "zh-CN": "设备失联：无网络信号？" },
    checks: [link],
    // A whole site is without: told once, for the site.
    except: ["neighbours"],
  },
  "lost-contact": {
    title: { en: "No data: power or coverage lost", "zh-CN": "设备失联：断电或无信号" },
    checks: [power, link],
  },
  credentials: {
    title: { en: "No data: the gateway is refused", "zh-CN": "设备失联：网关被拒绝接入" },
    checks: [
      {
        check: {
          en: "First at the hub: see under Quarantine who was refused and why, and make a new claim. Go there only to enter it",
          "zh-CN": "先在中心处理：在隔离区页面查看拒绝原因并重新签发领取码；仅在需要现场录入时前往",
        },
        expected: { en: "The gateway is let in", "zh-CN": "网关成功接入" },
      },
    ],
    // Somebody meant it.
    except: ["revoked"],
  },
  "bus-dead": {
    title: {
      en: "No data: the gateway is there, its bus is not",
      "zh-CN": "设备失联：网关在线，总线无数据",
    },
    checks: [
      {
        check: {
          en: "Look at plug, wiring, bit rate and termination of the bus that is silent",
          "zh-CN": "检查静默总线的插头、线束、波特率和终端电阻",
        },
        expected: { en: "The gateway's page shows the bus as ok", "zh-CN": "网关页面显示总线正常" },
      },
    ],
  },
  clock: {
    title: {
      en: "No data: the gateway does not know the time",
      "zh-CN": "设备失联：网关时间未知",
    },
    checks: [
      {
        check: {
          en: "Look at the satellite antenna and at the way to a time server; set the gateway's clock",
          "zh-CN": "检查卫星天线和时间服务器连接，校准网关时钟",
        },
        expected: {
          en: "The gateway vouches for its time, its samples come",
          "zh-CN": "网关时间可信，数据恢复上传",
        },
      },
    ],
  },
  "gateway-backlog": {
    title: {
      en: "No data: the gateway's storage fails",
      "zh-CN": "设备失联：网关存储故障",
    },
    checks: [
      {
        check: {
          en: "Look at the gateway's card or disk; exchange it when it takes nothing",
          "zh-CN": "检查网关存储卡或磁盘，无法写入时更换",
        },
        expected: { en: "What is read is stored and sent", "zh-CN": "数据可存储并上传" },
      },
    ],
    // What it holds comes by itself.
    except: ["thinning", "catching-up"],
  },
  unexplained: {
    title: {
      en: "No data: the gateway says that all is well",
      "zh-CN": "设备失联：网关自报正常但无数据",
    },
    checks: [
      {
        check: {
          en: "Compare sources, plan and machine id in the gateway's settings with what is built in",
          "zh-CN": "核对网关设置中的数据源、方案和设备编号是否与现场一致",
        },
        expected: { en: "Live values of the machine are shown", "zh-CN": "设备实时数据正常显示" },
      },
    ],
  },
};

/** What to do about it; undefined when nobody need go there. Pure. */
export function visitOf({
  cause,
  detail,
  isUsual,
}: Pick<SilentMachine, "cause" | "detail" | "isUsual">): Visit | undefined {
  const visit = visits[cause];
  return isUsual || visit?.except?.includes(detail) ? undefined : visit;
}
