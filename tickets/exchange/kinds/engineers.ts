import { EngineerFile, type EngineerLevel, type FaultClass } from "../../organisation/engineer.ts";
import { organisationConfig } from "../../organisation/organisation-config.ts";
import type { Person } from "../../organisation/person.ts";
import { type CellType, choice, day, list, number, shaped, text, yesNo } from "../cell-reader.ts";
import { column, type RowOf, required } from "../columns.ts";
import { fileImport, laidOver } from "../file-import.ts";
import { employmentNames, faultClassNames, levelNames } from "../words.ts";
import { emailCell, idCell, phoneCell, productTypeCell } from "./shared-columns.ts";

type Certificate = EngineerFile["certifications"][number];

const certificate: CellType<Certificate> = {
  read(cell) {
    const [type = "", until = ""] = String(cell)
      .trim()
      .split(/[:：\s]+/u);
    const productType = productTypeCell.read(type);
    if ("fault" in productType) return productType;
    const validUntil = day().read(until);
    if ("fault" in validUntil) return validUntil;
    return { value: { productType: productType.value, validUntil: validUntil.value } };
  },
  write: ({ productType, validUntil }) => `${productType}:${validUntil}`,
  says: {
    en: "machine type and last day, such as concrete_pump_truck:2027-12-31",
    "zh-CN": "机型和有效期，例如 concrete_pump_truck:2027-12-31",
  },
};

const clock = shaped("^([01][0-9]|2[0-4]):[0-5][0-9]$", {
  en: "a time such as 08:00",
  "zh-CN": "时间，例如 08:00",
});
const hours = number({ min: 0.5, max: 200 });

const columns = {
  engineerId: required(column(["Engineer id", "工程师编号"], idCell, "EXAMPLE-E-001")),
  name: required(column(["Name", "姓名"], text(), "李四")),
  firstName: column(["First name", "名"], text(), "四", [
    "what customers are shown",
    "对客户显示的称呼",
  ]),
  phone: column(["Phone", "电话"], phoneCell, "13900000000"),
  email: column(["E-mail", "邮箱"], emailCell, "name@example.com"),
  stationId: required(column(["Station id", "服务站编号"], idCell, "changsha")),
  employment: column(["Employment", "用工"], choice(employmentNames), "own"),
  level: required(column(["Level", "技术等级"], choice<EngineerLevel>(levelNames), "senior")),
  productTypes: required(
    column(["Machine types", "技能机型"], list(productTypeCell), ["concrete_pump_truck"]),
  ),
  faultClasses: required(
    column(["Fault classes", "故障类别"], list(choice<FaultClass>(faultClassNames)), [
      "electrical",
      "hydraulic",
    ]),
  ),
  certifications: column(["Certificates", "资质证书"], list(certificate), [
    { productType: "concrete_pump_truck", validUntil: "2027-12-31" },
  ]),
  flyingSquad: column(["Flying squad", "飞行服务队"], yesNo(), false),
  specialistFor: column(["Specialist for", "专人支持机型"], list(productTypeCell), []),
  shiftDays: column(
    ["Shift days", "班次（星期）"],
    list(number({ min: 1, max: 7, isInteger: true })),
    [1, 2, 3, 4, 5, 6],
    ["1 is Monday", "1 表示星期一"],
  ),
  shiftFrom: column(["Shift from", "上班时间"], clock, "08:00"),
  shiftTo: column(["Shift to", "下班时间"], clock, "18:00"),
  optimalLoadHours: column(["Best hours a week", "最优负荷小时"], hours, 36),
  maxLoadHours: column(["Most hours a week", "最大负荷小时"], hours, 48),
  vehicleStockLocationId: column(["Vehicle's stock", "移动备件库"], idCell, "vehicle-e001"),
};

type Row = RowOf<typeof columns>;

/** What a row says of a list; none when it takes it away, what was there when it says nothing. */
const listAfter = <Item>(
  row: readonly Item[] | null | undefined,
  before: readonly Item[] = [],
): Item[] => [...(row === null ? [] : (row ?? before))];

export const engineers = fileImport({
  kind: "engineers",
  title: { en: "Engineers", "zh-CN": "工程师" },
  schema: EngineerFile,
  columns,
  firstKey: "engineerId",
  notes: [
    {
      en: "Without a certificate that still holds, an engineer gets no work on that machine type.",
      "zh-CN": "没有有效证书的机型，不会派工给该工程师。",
    },
  ],
  personal: { of: "engineers", keys: ["name", "firstName", "phone", "email"] },
  toFile: toEngineer,
  toValues: ({ skills, shift, ...file }, person) => ({
    ...file,
    ...skills,
    shiftDays: shift.days,
    shiftFrom: shift.from,
    shiftTo: shift.to,
    name: person?.name,
    firstName: person?.firstName,
    phone: person?.phone,
    email: person?.email,
  }),
  personIdOf: ({ engineerId }) => engineerId,
  toPerson: (row, personId, before) => {
    const { name, firstName, phone, email } = row;
    const after = laidOver<Person>(before ?? { personId }, { name, firstName, phone, email });
    return after.name === undefined ? before : after;
  },
});

function toEngineer(row: Row, before: EngineerFile | undefined): EngineerFile {
  const { shift, optimalLoadHours, maxLoadHours } = before ?? organisationConfig;
  const { engineerId, stationId, level, employment, vehicleStockLocationId } = row;
  const base: Partial<EngineerFile> = before ?? {};
  const file = laidOver<EngineerFile>(base, {
    engineerId,
    stationId,
    level,
    vehicleStockLocationId,
  });
  return {
    ...file,
    employment: employment ?? before?.employment ?? "own",
    skills: {
      productTypes: listAfter(row.productTypes, before?.skills.productTypes),
      faultClasses: listAfter(row.faultClasses, before?.skills.faultClasses),
    },
    certifications: listAfter(row.certifications, before?.certifications),
    flyingSquad: row.flyingSquad ?? before?.flyingSquad ?? false,
    specialistFor: listAfter(row.specialistFor, before?.specialistFor),
    shift: {
      days: listAfter(row.shiftDays, shift.days),
      from: row.shiftFrom ?? shift.from,
      to: row.shiftTo ?? shift.to,
    },
    optimalLoadHours: row.optimalLoadHours ?? optimalLoadHours,
    maxLoadHours: row.maxLoadHours ?? maxLoadHours,
  };
}
