import { useFormats } from "../words/formats.ts";

/** The day of a moment. The moment itself is its tooltip. */
export function Day({ at }: { readonly at: string }) {
  const formats = useFormats();
  return (
    <time className="nowrap" dateTime={at} title={formats.moment(at)}>
      {formats.date(at)}
    </time>
  );
}
