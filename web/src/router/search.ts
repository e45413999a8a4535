// What a screen keeps in the address after the `?`: typed, and never a reason to fail. A value that a person broke, or
// that an older version wrote, counts as if it were not there.

/** Reads a value from the address and writes it there. A value that is written as null is left out. */
export interface Codec<T> {
  readonly read: (text: string | null) => T;
  readonly write: (value: T) => string | null;
}

/** The values of one screen, by their names in the address. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- each value has its own type
export type SearchShape = Readonly<Record<string, Codec<any>>>;

/** What a screen gets: the value of each codec. */
export type SearchOf<S> = { readonly [K in keyof S]: S[K] extends Codec<infer T> ? T : never };

/** As many characters as Usher takes in a search. */
export const MAX_TEXT = 100;

/** Any text. Without one it is "". A NUL, and half a character at the end, are left out: Usher takes neither. */
export function text(): Codec<string> {
  const read = (value: string | null) => (value ?? "").replaceAll("\0", "").slice(0, MAX_TEXT).replace(/[\uD800-\uDBFF]$/, "");
  return { read, write: (value) => value || null };
}

/** One of these values, or null. */
export function choice<const T extends string>(values: readonly T[]): Codec<T | null> {
  return { read: (value) => values.find((one) => one === value) ?? null, write: (value) => value };
}

/** One of these values. The first one is the default, which the address does not show. */
export function oneOf<const T extends string>(values: readonly [T, ...T[]]): Codec<T> {
  const [fallback] = values;
  return {
    read: (value) => values.find((one) => one === value) ?? fallback,
    write: (value) => (value === fallback ? null : value),
  };
}

/** One of these numbers. The first one is the default. */
export function numberOf(values: readonly [number, ...number[]]): Codec<number> {
  const [fallback] = values;
  return {
    read: (value) => values.find((one) => String(one) === value) ?? fallback,
    write: (value) => (value === fallback ? null : String(value)),
  };
}

/** A day, as 2026-01-31, or null. Usher has no year 0, and a day needs one after it. */
export function day(): Codec<string | null> {
  const isDay = (value: string) => {
    const isKnown = value >= "0001-01-01" && value < "9999-12-31";
    const time = isKnown && /^\d{4}-\d{2}-\d{2}$/.test(value) ? Date.parse(value) : Number.NaN;
    // Of 31 February, a browser makes a day in March.
    return !Number.isNaN(time) && new Date(time).toISOString().startsWith(value);
  };
  return { read: (value) => (value !== null && isDay(value) ? value : null), write: (value) => value };
}

/** The id of an object of this type, such as `product`, or null. */
export function id(prefix: string): Codec<string | null> {
  const form = new RegExp(`^${prefix}_[0-9a-z]{26}$`);
  return { read: (value) => (value !== null && form.test(value) ? value : null), write: (value) => value };
}

const LOCAL = /^\/(?![/\\])[!-[\]-~]{0,999}$/;

/** An address of this site to which a person returns. Any other text, such as the address of another site, counts as "/". */
export function localAddress(): Codec<string> {
  return {
    read: (value) => (value !== null && LOCAL.test(value) ? value : "/"),
    write: (value) => (value === "/" ? null : value),
  };
}

/** The order of a table: a column, and its direction. In the address, `-` in front of the column is downwards. */
export interface Sort<T extends string = string> {
  readonly column: T;
  readonly descending: boolean;
}

/** The order of a table by one of these columns. The first one, upwards, is the default. */
export function sort<const T extends string>(columns: readonly [T, ...T[]]): Codec<Sort<T>> {
  const [fallback] = columns;
  return {
    read: (value) => {
      const descending = value?.startsWith("-") ?? false;
      const column = columns.find((one) => one === value?.replace("-", ""));
      return column === undefined ? { column: fallback, descending: false } : { column, descending };
    },
    write: ({ column, descending }) =>
      column === fallback && !descending ? null : `${descending ? "-" : ""}${column}`,
  };
}

/** The place in a list that is read in pages: after or before a cursor, at its end, or (null) at its start. */
export type Place = { readonly after: string } | { readonly before: string } | "end" | null;

/** The place in a list that is read in pages. */
export function place(): Codec<Place> {
  return {
    read: (value) => {
      if (value === "end") return "end";
      const [, direction, cursor] = /^(after|before)\.([\w+/=-]{1,500})$/.exec(value ?? "") ?? [];
      if (cursor === undefined) return null;
      return direction === "after" ? { after: cursor } : { before: cursor };
    },
    write: (value) => {
      if (value === null || value === "end") return value;
      return "after" in value ? `after.${value.after}` : `before.${value.before}`;
    },
  };
}

/** Read the values of a screen from an address. */
export function readSearch<S extends SearchShape>(shape: S, parameters: URLSearchParams): SearchOf<S> {
  const codecs: [string, Codec<unknown>][] = Object.entries(shape);
  const values = codecs.map(([name, codec]) => [name, codec.read(parameters.get(name))]);
  return Object.fromEntries(values) as SearchOf<S>;
}

/** Write the values of a screen as the part of an address that begins with `?`, or "" if all are the default. */
export function writeSearch<S extends SearchShape>(shape: S, values: Partial<SearchOf<S>>): string {
  const parameters = new URLSearchParams();
  const codecs: [string, Codec<unknown>][] = Object.entries(shape);
  for (const [name, codec] of codecs) {
    const value: unknown = values[name];
    const written = value === undefined ? null : codec.write(value);
    if (written !== null) parameters.set(name, written);
  }
  const text = parameters.toString();
  return text && `?${text}`;
}
