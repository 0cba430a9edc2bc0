import type { MessageKey } from "./i18n/messages.ts";
import type { PageName } from "./router.ts";
import type { Permission } from "./types.ts";

export interface Section {
  readonly href: string;
  readonly text: MessageKey;
  readonly pages: readonly PageName[];
  /** Shown only to who has it, or one of them; absent: to everybody logged in. */
  readonly needs?: Permission | readonly Permission[];
  /** Shown only to whoever has work orders of the own. */
  readonly isForEngineers?: boolean;
}

/** The main navigation, in the order of use. */
export const sections: readonly Section[] = [
  {
    href: "/work",
    text: "myWork",
    pages: ["work", "workOrder"],
    needs: "tickets.work",
    isForEngineers: true,
  },
  { href: "/", text: "fleet", pages: ["fleet", "machine"] },
  { href: "/board", text: "dispatch", pages: ["board"], needs: "tickets.dispatch" },
  { href: "/tickets", text: "tickets", pages: ["tickets", "ticket"] },
  {
    href: "/parts",
    text: "spareParts",
    pages: ["parts", "part", "transfers", "plans", "plan"],
    needs: "stock.read",
  },
  {
    href: "/people",
    text: "people",
    pages: [
      "people",
      "engineer",
      "customers",
      "customer",
      "machine-files",
      "machine-file",
      "machine-code",
      "regions",
    ],
    needs: "organisation.read",
  },
  { href: "/figures", text: "figures", pages: ["figures"], needs: "kpi.read" },
];

/** What is used less often, behind "More". */
export const moreSections: readonly Section[] = [
  {
    href: "/follow-up",
    text: "followUp",
    pages: ["followUp"],
    needs: ["followup.write", "feedback.read"],
  },
  { href: "/lessons", text: "lessons", pages: ["lessons"], needs: "lessons.read" },
  { href: "/gateways", text: "gateways", pages: ["gateways"] },
  { href: "/quarantine", text: "quarantine", pages: ["quarantine"] },
  {
    href: "/configurations",
    text: "gatewayConfiguration",
    pages: ["configurations"],
    needs: "operations.read",
  },
  { href: "/exchange", text: "exchange", pages: ["exchange"], needs: "exchange.export" },
  {
    href: "/telemetry",
    text: "telemetryFiles",
    pages: ["telemetry"],
    needs: ["exchange.export", "exchange.import"],
  },
  {
    href: "/iso15143",
    text: "otherMakers",
    pages: ["iso15143"],
    needs: ["operations.read", "users.write"],
  },
  { href: "/channels", text: "channels", pages: ["channels"], needs: "channels.read" },
  { href: "/audit", text: "audit", pages: ["audit"], needs: "audit.read" },
  { href: "/users", text: "users", pages: ["users"], needs: "users.write" },
  { href: "/account", text: "account", pages: ["account"] },
];
