import { useFormats } from "../words/formats.ts";

/** The day of a moment. */
export function Day({ at }: { readonly at: string }) {
  const formats = useFormats();
  return (
    <time className="nowrap" dateTime={at}>
      {formats.date(at)}
    </time>
  );
}
