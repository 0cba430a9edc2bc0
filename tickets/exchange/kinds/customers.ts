import type { Segment } from "@firebreak/plans/place-words.ts";
import { Customer, type CustomerTier } from "../../organisation/customer.ts";
import type { Person } from "../../organisation/person.ts";
import { choice, text, yesNo } from "../cell-reader.ts";
import { column, required } from "../columns.ts";
import { fileImport, laidOver } from "../file-import.ts";
import { channelNames, customerTierNames, segmentNames } from "../words.ts";
import { emailCell, idCell, phoneCell, regionId } from "./shared-columns.ts";

const columns = {
  customerId: required(column(["Customer id", "客户编号"], idCell, "EXAMPLE-C-001")),
  name: required(column(["Name", "客户名称"], text(), "示例建设公司")),
  segment: required(
    column(["Segment", "客户类型"], choice<Segment>(segmentNames), "urban_construction"),
  ),
  tier: column(["Tier", "客户等级"], choice<CustomerTier>(customerTierNames), "standard"),
  keyAccount: column(["Key account", "大客户"], yesNo(), false),
  preferredChannel: column(["Preferred channel", "首选联系方式"], choice(channelNames), "phone"),
  regionId,
  contactName: column(["Contact", "联系人"], text(), "张三", [
    "the first contact; others are kept as they are",
    "第一联系人，其余联系人保持不变",
  ]),
  contactPosition: column(["Contact's position", "联系人职务"], text(), "设备经理"),
  contactPhone: column(["Contact's phone", "联系人电话"], phoneCell, "13800000000"),
  contactEmail: column(["Contact's e-mail", "联系人邮箱"], emailCell, "name@example.com"),
};

const contactIdOf = (customerId: string): string => `P-${customerId}`.slice(0, 64);

export const customers = fileImport({
  kind: "customers",
  title: { en: "Customers", "zh-CN": "客户" },
  schema: Customer,
  columns,
  firstKey: "customerId",
  notes: [],
  personal: {
    of: "contacts",
    keys: ["contactName", "contactPosition", "contactPhone", "contactEmail"],
  },
  toFile({ contactName, contactPhone, contactEmail, contactPosition, ...row }, before) {
    const base: Partial<Customer> = before ?? { contactIds: [] };
    const file = laidOver<Customer>(base, row);
    const hasContact = Boolean(contactName) && file.contactIds.length === 0;
    return {
      ...file,
      tier: file.tier ?? "standard",
      keyAccount: file.keyAccount ?? false,
      preferredChannel: file.preferredChannel ?? "phone",
      contactIds: hasContact ? [contactIdOf(file.customerId)] : file.contactIds,
    };
  },
  rowFault: ({ contactPhone, contactEmail, contactPosition }, { contactIds }) =>
    contactIds.length === 0 && (contactPhone || contactEmail || contactPosition)
      ? {
          key: "contactName",
          message: {
            en: "there is no contact yet: his name must be filled in",
            "zh-CN": "尚无联系人，请填写联系人姓名",
          },
        }
      : undefined,
  toValues: ({ contactIds: _ids, ...file }, person) => ({
    ...file,
    contactName: person?.name,
    contactPosition: person?.position,
    contactPhone: person?.phone,
    contactEmail: person?.email,
  }),
  personIdOf: ({ contactIds }) => contactIds[0],
  toPerson: (row, personId, before) => {
    const after = laidOver<Person>(before ?? { personId }, {
      name: row.contactName ?? undefined,
      position: row.contactPosition,
      phone: row.contactPhone,
      email: row.contactEmail,
    });
    return after.name === undefined ? before : after;
  },
});
