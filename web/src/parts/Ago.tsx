import { useFormats } from "../words/formats.ts";

/** How long ago a moment was. The moment itself is its tooltip. */
export function Ago({ at }: { readonly at: string }) {
  const formats = useFormats();
  return (
    <time className="nowrap" dateTime={at} title={formats.moment(at)}>
      {formats.ago(at)}
    </time>
  );
}
