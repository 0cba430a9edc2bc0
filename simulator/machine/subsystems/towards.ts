/** First order lag, exact for a step of any length. @param tau seconds */
export const towards = (value: number, target: number, dt: number, tau: number): number =>
  target + (value - target) * Math.exp(-dt / tau);
