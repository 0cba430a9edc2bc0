/** The sign: a tree, a gap, a flame that does not come across. */
export function Mark() {
  return (
    <svg class="mark" viewBox="0 0 32 32" aria-hidden="true">
      <path class="mark-tree" d={treePath(8, 27, 23)} />
      <path class="mark-flame" d={flamePath(23.5, 27, 18)} />
    </svg>
  );
}

/** A conifer standing on (x, y): two tiers and a stem. */
export const treePath = (x: number, y: number, height: number): string => {
  const at = (dx: number, up: number) => `${x + dx * height},${y - up * height}`;
  const right = [at(0.17, 0.56), at(0.1, 0.56), at(0.25, 0.13), at(0.045, 0.13), at(0.045, 0)];
  const left = [at(-0.045, 0), at(-0.045, 0.13), at(-0.25, 0.13), at(-0.1, 0.56), at(-0.17, 0.56)];
  return `M${at(0, 1)}L${[...right, ...left].join("L")}Z`;
};

/** A flame standing on (x, y). */
export const flamePath = (x: number, y: number, height: number): string => {
  const at = (dx: number, up: number) => `${x + dx * height} ${y - up * height}`;
  return `M${at(0, 0)}C${at(-0.22, 0)} ${at(-0.33, 0.14)} ${at(-0.33, 0.31)}C${at(-0.33, 0.56)} ${at(-0.08, 0.64)} ${at(-0.06, 1)}C${at(0.18, 0.88)} ${at(0.33, 0.58)} ${at(0.33, 0.33)}C${at(0.33, 0.13)} ${at(0.2, 0)} ${at(0, 0)}Z`;
};
