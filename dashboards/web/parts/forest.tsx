import { flamePath, treePath } from "./mark.tsx";

/** Trees from left to right: x, ground, height. The wood ends where the cut begins. */
const trees = [
  [20, 400, 150],
  [70, 415, 205],
  [118, 396, 140],
  [165, 418, 230],
  [212, 402, 165],
  [258, 420, 215],
  [300, 405, 135],
  [343, 419, 180],
] as const;
const flames = [
  [520, 421, 120],
  [572, 404, 76],
  [618, 423, 165],
  [670, 405, 96],
  [716, 422, 138],
  [768, 406, 84],
] as const;

/** The picture of the product: the fire stays on its side of the cut. */
export function Forest() {
  return (
    <svg class="forest" viewBox="0 0 800 520" preserveAspectRatio="xMidYMax slice">
      <title>Firebreak</title>
      <path class="forest-ground" d="M0 400C160 420 300 424 392 424L356 520H0Z" />
      <path class="forest-ash" d="M800 404C700 424 540 424 470 424L506 520H800Z" />
      <g class="mark-tree">
        {trees.map(([x, y, height], index) => (
          <path key={x} class={index % 2 ? "near" : "far"} d={treePath(x, y, height)} />
        ))}
      </g>
      <g class="mark-flame">
        {flames.map(([x, y, height], index) => (
          <path key={x} class={index % 2 ? "far" : "near"} d={flamePath(x, y, height)} />
        ))}
      </g>
    </svg>
  );
}
