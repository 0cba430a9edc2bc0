/** What is being done: 0 the rig is set up, 1 pilot bore, 2 reaming, 3 pulling the product back. */
export type BoreState = 0 | 1 | 2 | 3;

/** How far a bore has come, and the one after it. Lengths in metres. */
export interface Bore {
  state: BoreState;
  /** Rods that this bore needs, rods in it now, and how far the present one has gone. */
  planned: number;
  rods: number;
  onRod: number;
  /** Seconds until the next rod is coupled or the rig stands on its next place. */
  couplesFor: number;
  settingUpFor: number;
  couplings: number;
  bores: number;
  drilledHours: number;
  /** Carriage, m/s; thrust positive. */
  carriageMps: number;
  isDrilling: boolean;
}

const rodMetres = 3;
const setUpSeconds = 2400;

export const firstBore = (hours: number): Bore => ({
  state: 0,
  planned: 26,
  rods: 0,
  onRod: 0,
  couplesFor: 0,
  settingUpFor: 600,
  couplings: Math.round(hours * 14),
  bores: Math.round(hours / 6),
  drilledHours: hours * 0.55,
  carriageMps: 0,
  isDrilling: false,
});

/** Metres a second at full effort; reaming is slow, a product is pulled faster. Engineering defaults. */
const speeds = { 0: 0, 1: 0.04, 2: 0.034, 3: 0.05 } as const;

/** Advances the work by `dt` seconds, in place: rod after rod there, and rod after rod back. */
export function stepBore(bore: Bore, effort: number, dt: number): void {
  bore.isDrilling = false;
  bore.carriageMps = 0;
  if (bore.state === 0) setUp(bore, dt);
  else if (bore.couplesFor > 0) couple(bore, dt);
  else drill(bore, effort, dt);
}

/** The carriage runs to the other end of its frame in the first seconds, with or without the rod. */
function couple(bore: Bore, dt: number): void {
  bore.couplesFor = Math.max(0, bore.couplesFor - dt);
  const isRunning = bore.couplesFor > 20 && bore.couplesFor <= 26;
  if (isRunning) bore.carriageMps = bore.state === 1 ? -0.5 : 0.5;
}

function setUp(bore: Bore, dt: number): void {
  bore.settingUpFor -= dt;
  if (bore.settingUpFor > 0) return;
  bore.state = 1;
  bore.planned = 22 + ((bore.bores * 7) % 14);
}

function drill(bore: Bore, effort: number, dt: number): void {
  const speed = speeds[bore.state] * (0.45 + 0.55 * effort);
  bore.isDrilling = true;
  bore.carriageMps = bore.state === 1 ? speed : -speed;
  bore.drilledHours += dt / 3600;
  bore.onRod += speed * dt;
  if (bore.onRod < rodMetres) return;
  bore.onRod = 0;
  bore.couplings += 1;
  bore.couplesFor = 35 + 20 * (1 - effort);
  bore.rods += bore.state === 1 ? 1 : -1;
  const hasArrived = bore.state === 1 ? bore.rods >= bore.planned : bore.rods <= 0;
  if (hasArrived) turnRound(bore);
}

function turnRound(bore: Bore): void {
  // While a reamer cuts its way back, rods are added behind it: the string is in the bore again for the product.
  if (bore.state === 1) bore.state = 2;
  else if (bore.state === 2) {
    bore.state = 3;
    bore.rods = bore.planned;
  } else {
    bore.state = 0;
    bore.rods = 0;
    bore.bores += 1;
    bore.settingUpFor = setUpSeconds;
  }
}
