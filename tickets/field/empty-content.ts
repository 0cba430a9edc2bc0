import type { ReportContent } from "./service-report.ts";

/** An empty draft of a type. */
export const emptyContent = (type: ReportContent["type"]): ReportContent => ({
  type,
  preFaultOperation: "",
  postFaultOperation: "",
  symptom: "",
  procedureLog: "",
  attempts: [],
  solution: "",
  preventionAdvice: "",
  partsUsed: [],
  measuredWear: [],
  fullMachineCheck: false,
  machineStateNormal: false,
  operatorBriefed: false,
  photos: [],
  labourHours: 0,
  travelKm: 0,
});
