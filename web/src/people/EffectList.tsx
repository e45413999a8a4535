import type { Problem } from "../graph/problems.ts";
import type { ShortageMode } from "../seats/ModeField.tsx";
import { peopleWords } from "../words/people.ts";
import { useWords } from "../words/words.ts";

/** What a change of many people does, or would do. */
export interface Effect {
  /** How many people it changes, if it is not only about seats. */
  readonly people: number | null;
  readonly seats: number;
  readonly waits: number;
  readonly freed: number;
  readonly promoted: number;
  /** How many people get no seat, because none is left for them. */
  readonly without: number;
  /** Whether therefore nobody gets one. */
  readonly stops: boolean;
  /** How many seats are free for them all, if it is one product and the answer says so. */
  readonly free: number | null;
  readonly errors: readonly Problem[];
}

interface Payload {
  readonly seats?: readonly unknown[];
  readonly waits?: readonly unknown[];
  readonly freed?: readonly unknown[];
  readonly promoted?: readonly unknown[];
  readonly errors: readonly Problem[];
}

/** Return what the lists of a payload say. `mode` is what was to be done if there are not enough seats. */
export function effectOf(
  payload: Payload,
  people: number | null = null,
  mode: ShortageMode | null = null,
  free: number | null = null,
): Effect {
  const { seats = [], waits = [], freed = [], promoted = [], errors } = payload;
  const without = new Set(errors.filter(({ code }) => code === "NO_SEAT_LEFT").map(({ userId, row }) => userId ?? row));
  return {
    people,
    seats: seats.length,
    waits: waits.length,
    freed: freed.length,
    promoted: promoted.length,
    without: without.size,
    stops: without.size > 0 && mode === "ALL_OR_NOTHING",
    free,
    errors,
  };
}

/** What a change does, in a few lines. */
export function EffectList({ effect, made }: { readonly effect: Effect; readonly made: boolean }) {
  const t = useWords(peopleWords);
  const lines = [
    ...(effect.people ? [t.effects.people(effect.people)] : []),
    ...(["seats", "waits", "freed", "promoted"] as const)
      .filter((name) => effect[name] > 0)
      .map((name) => t.effects[name](effect[name])),
  ];
  return (
    <>
      <p>{made ? t.didThis : t.wouldDo}</p>
      <ul>
        {lines.length === 0 ? <li>{t.effects.nothing}</li> : lines.map((line) => <li key={line}>{line}</li>)}
      </ul>
      {effect.without > 0 && <Shortage effect={effect} made={made} />}
    </>
  );
}

/** Why somebody gets no seat, and what to do as long as something else can be chosen. */
function Shortage({ effect: { without, stops, free }, made }: { readonly effect: Effect; readonly made: boolean }) {
  const t = useWords(peopleWords);
  if (made && !stops) return <p className="problem">{t.shortage.got(without)}</p>;
  return (
    <p className="problem">
      {free !== null && t.shortage.free(free)} {t.shortage.without(without)}{" "}
      {stops ? t.shortage.choose : t.shortage.wait} {free !== null && t.shortage.fewer}
    </p>
  );
}
