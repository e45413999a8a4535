import { useMemo } from "react";
import { encode } from "uqr";
import "./QrCode.css";

// Cameras need so much room around a code.
const BORDER = 4;

/** A text as a QR code. `label` says what it is, for those who do not see it; they need the text in another way. */
export function QrCode({ text, label }: { readonly text: string; readonly label: string }) {
  const { data } = useMemo(() => encode(text, { border: BORDER }), [text]);
  const squares = data.flatMap((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : "")));
  return (
    <svg className="qr-code" role="img" aria-label={label} viewBox={`0 0 ${data.length} ${data.length}`} shapeRendering="crispEdges">
      <path d={squares.join("")} />
    </svg>
  );
}
