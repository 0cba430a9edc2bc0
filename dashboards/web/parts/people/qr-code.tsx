import { encode } from "uqr";

/** A code as a picture; `title` says what it opens. Dark on white, whatever the page's colours are. */
export function QrCode({ text, title }: { text: string; title: string }) {
  const { size, data } = encode(text, { ecc: "M", border: 4 });
  const dark = data.flatMap((row, y) =>
    row.flatMap((isDark, x) => (isDark ? [`M${x} ${y}h1v1h-1z`] : [])),
  );
  return (
    <svg class="qr" viewBox={`0 0 ${size} ${size}`} role="img" data-testid="qr" data-value={text}>
      <title>{title}</title>
      <rect class="paper" width={size} height={size} />
      <path class="ink" shape-rendering="crispEdges" d={dark.join("")} />
    </svg>
  );
}
