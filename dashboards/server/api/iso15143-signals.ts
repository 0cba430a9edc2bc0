import type { Text } from "@firebreak/plans/plan-schema.ts";

const titles: Readonly<Record<string, readonly [en: string, zh: string, decimals: number]>> = {
  latitude: ["Latitude", "纬度", 6],
  longitude: ["Longitude", "经度", 6],
  altitude: ["Altitude", "海拔", 1],
  operatingHours: ["Operating hours", "累计工作小时", 2],
  idleHours: ["Idle hours", "累计怠速小时", 2],
  idleNonOperatingHours: ["Idle hours without operation", "累计非作业怠速小时", 2],
  powerTakeOffHours: ["Power take-off hours", "累计取力小时", 2],
  activeRegenerationHours: ["Active regeneration hours", "累计主动再生小时", 2],
  fuelUsed: ["Fuel used", "累计油耗", 1],
  fuelUsedLast24: ["Fuel used in 24 hours", "近 24 小时油耗", 1],
  fuelRemaining: ["Fuel level", "燃油液位", 1],
  defRemaining: ["DEF level", "尿素液位", 1],
  distance: ["Distance", "累计里程", 2],
  averageLoadFactorLast24: ["Mean load in 24 hours", "近 24 小时平均负荷率", 1],
  maximumSpeedLast24: ["Highest speed in 24 hours", "近 24 小时最高车速", 1],
  loadCount: ["Loads in all", "累计装载次数", 0],
  payloadTotal: ["Payload in all", "累计载重", 0],
  engineRunning: ["Engine running", "发动机运转", 0],
  ambientTemperature: ["Ambient temperature", "环境温度", 1],
};

/** Other makers' servers tell a few times an hour, and machines that stand still not for days. */
const maxSilenceSeconds = 86_400;

/** What signals of machines read over ISO 15143-3 are called; no plan explains them. */
export const iso15143Signals: Readonly<
  Record<
    string,
    {
      readonly title: Text;
      readonly scale: number;
      readonly sampling: { readonly deadBand: number; readonly maxSilenceSeconds: number };
    }
  >
> = Object.fromEntries(
  Object.entries(titles).map(([name, [en, zh, decimals]]) => [
    name,
    {
      title: { en, "zh-CN": zh },
      scale: 10 ** -decimals,
      sampling: { deadBand: 0, maxSilenceSeconds },
    },
  ]),
);
