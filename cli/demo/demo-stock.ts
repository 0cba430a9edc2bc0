/** Pieces that came in half a year ago, by part and place, with the band they are to keep. */
export interface DemoItem {
  readonly partNo: string;
  readonly locationId: string;
  readonly quantity: number;
  readonly band?: readonly [min: number, target: number, max: number];
}

const item = (
  locationId: string,
  partNo: string,
  quantity: number,
  band?: DemoItem["band"],
): DemoItem => ({ locationId, partNo, quantity, ...(band ? { band } : {}) });

/** Of machine types that demo-stock.yaml of tickets has nothing for. All figures are invented. */
export const demoStock: readonly DemoItem[] = [
  item("changsha", "FB-AP-CH-01", 2, [1, 2, 3]),
  item("changsha", "FB-AP-HTR-01", 6, [4, 8, 12]),
  item("changsha", "FB-MM-PK-01", 180, [120, 240, 400]),
  item("changsha", "FB-MM-DB-01", 3, [1, 2, 4]),
  item("changsha", "FB-RR-EXB-01", 1, [1, 2, 3]),
  item("changsha", "FB-TC-LAS-01", 2, [1, 2, 3]),
  item("changsha", "FB-CP-PST-01", 6),
  item("chengdu", "FB-TP-HS-01", 4, [2, 4, 6]),
  item("chengdu", "FB-HD-CF-01", 3, [2, 4, 6]),
  item("chengdu", "FB-TC-HS-01", 2, [2, 4, 6]),
  item("chengdu", "FB-LT-CTS-01", 2),
  item("wuhan", "FB-CP-HF-01", 4, [2, 4, 8]),
  item("wuhan", "FB-CP-TST-01", 3, [2, 4, 6]),
  item("wuhan", "FB-AP-HTR-01", 2, [4, 8, 12]),
  item("wuhan", "FB-MM-PK-01", 60, [120, 240, 400]),
  item("wuhan", "FB-LT-BLT-01", 4),
  item("wuhan", "FB-TC-GB-01", 1, [1, 1, 2]),
  item("wuhan", "FB-TC-LAS-01", 1, [1, 2, 3]),
  item("xiamen", "FB-HD-MV-01", 3, [2, 3, 6]),
  item("xiamen", "FB-HD-MPS-01", 3, [3, 6, 9]),
  item("rc-central", "FB-MM-PK-01", 600, [240, 480, 900]),
  item("rc-central", "FB-TC-GB-01", 1),
  item("hq", "FB-RR-VM-01", 2),
];
