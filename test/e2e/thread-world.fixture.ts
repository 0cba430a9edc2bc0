import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Language } from "@firebreak/dashboards/web/i18n/messages.ts";
import { startReceiver } from "@firebreak/tickets/channels/channels.fixture.ts";
import { eventually, temporaryFolder } from "../product.fixture.ts";
import { type Caller, good, newMachine } from "../scenarios/service-hub.fixture.ts";

export const sensorPart = "FB-LT-OPS-01";
export const engineerId = "KM-1";
export const region = "yunnan";
export const machineTypes = ["fault", "relapse", "phoned"] as const;
export type Case = (typeof machineTypes)[number];

export const machineOf = (language: Language, which: Case): string => `KM-${which}-${language}`;
export const customerOf = (language: Language): string => `KM-customer-${language}`;
const phoneOf = (language: Language): string =>
  language === "en" ? "+86 138 7100 0002" : "+86 138 7100 0001";

/** The site lies in Kunming, whose station has no sensor; three others have some, each farther away than the one before. */
export const site = { lat: 25.02, lon: 102.68 };
const stations = [
  { stationId: "kunming", name: ["Kunming", "昆明服务站"], lat: 25.04, lon: 102.71 },
  { stationId: "yuxi", name: ["Yuxi", "玉溪服务站"], lat: 24.35, lon: 102.55 },
  { stationId: "qujing", name: ["Qujing", "曲靖服务站"], lat: 25.49, lon: 103.8 },
  { stationId: "dali", name: ["Dali", "大理服务站"], lat: 25.6, lon: 100.27 },
] as const;
export const [home, nearest] = ["kunming", "yuxi"] as const;
export const nameOfNearest = { en: "Yuxi", "zh-CN": "玉溪服务站" } as const;
export const piecesAtFirst = 6;

const files = {
  regions: [{ regionId: region, name: { en: "Yunnan", "zh-CN": "云南" } }],
  stations: stations.map(({ stationId, name: [en, zh], lat, lon }) => ({
    stationId,
    regionId: region,
    name: { en, "zh-CN": zh },
    kind: "own",
    status: "active",
    stockLocationId: stationId,
    location: { lat, lon },
  })),
  engineers: [
    { engineerId, stationId: home, level: "senior", person: { name: "段志强", firstName: "志强" } },
    { engineerId: "YX-1", stationId: nearest, level: "junior", person: { name: "普永康" } },
  ].map((one) => ({
    employment: "own",
    skills: {
      productTypes: ["loader_tractor"],
      faultClasses: ["electrical", "mechanical", "other"],
    },
    certifications: [{ productType: "loader_tractor", validUntil: "2030-12-31" }],
    flyingSquad: false,
    specialistFor: [],
    shift: { days: [1, 2, 3, 4, 5, 6, 7], from: "00:00", to: "24:00" },
    optimalLoadHours: 36,
    maxLoadHours: 48,
    ...one,
  })),
  customers: (["zh-CN", "en"] as const).map((language) => ({
    customerId: customerOf(language),
    name: language === "en" ? "Dianchi Farms" : "滇池农场",
    segment: "other",
    keyAccount: false,
    tier: "high_value",
    preferredChannel: "sms",
    regionId: region,
    contacts: [{ name: "马师傅", phone: phoneOf(language), language }],
  })),
  sites: (["zh-CN", "en"] as const).map((language) => ({
    siteId: `KM-site-${language}`,
    customerId: customerOf(language),
    regionId: region,
    projectName: language === "en" ? "Lakeside fields" : "环湖农田",
    location: site,
    peakPeriods: [],
    majorProject: false,
  })),
};

/** Brings the organisation, its machines and its stock in, as its administrator does. */
export async function bringIn(admin: Caller): Promise<void> {
  for (const [kind, rows] of Object.entries(files))
    for (const row of rows) good(await admin.post(`organisation/${kind}`, row));
  for (const language of ["zh-CN", "en"] as const)
    for (const which of machineTypes)
      await newMachine(admin, {
        machineId: machineOf(language, which),
        productType: "loader_tractor",
        planId: "loader-tractor",
        customerId: customerOf(language),
        siteId: `KM-site-${language}`,
        regionId: region,
        stationId: home,
        // The first inspection is not due yet.
        handoverAt: "2026-02-25",
      });
  for (const { engineerId: id } of files.engineers)
    good(await admin.post(`organisation/engineers/${id}/presence`, { state: "available" }));
  for (const [index, { stationId }] of stations.slice(1).entries())
    good(
      await admin.post(`stock/${sensorPart}/${stationId}/receive`, {
        quantity: piecesAtFirst,
        bin: `K-0${index + 1}`,
      }),
    );
}

/** An SMS gateway that customers' messages go to: what it was sent can be read. */
export async function startSms() {
  const receiver = await startReceiver();
  const file = join(temporaryFolder("channels"), "channels.yaml");
  const body = `{ to: "{{phone}}", text: "{{text}}", link: "{{link}}" }`;
  writeFileSync(
    file,
    `version: 1
site: https://service.example.com
allowAddresses: [127.0.0.1]
targets:
  - { id: sms, kind: template, recipients: person, audience: [customer], url: "${receiver.url}", body: ${body} }
`,
  );
  return {
    file,
    /** Path of the newest link of that kind that a customer was sent, once it was. */
    linkTo: (language: Language, kind: "p" | "rate"): Promise<string> =>
      eventually(`a message with /${kind}/ for the customer`, async () => {
        const links = receiver.received
          .map((one) => JSON.parse(one.body) as { to: string; link: string })
          .filter(({ to }) => to === phoneOf(language))
          .map(({ link }) => (link === "" ? "" : new URL(link).pathname));
        return links.findLast((path) => path.startsWith(`/${kind}/`));
      }),
    stop: receiver.stop,
  };
}
