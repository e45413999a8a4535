// Filters above a list. What they say is in the address, so a list can be sent as a link, and Back keeps it.
import { type ReactNode, useEffect, useEffectEvent, useId, useState } from "react";
import { MAX_TEXT } from "../router/search.ts";
import { partsWords } from "../words/parts.ts";
import { useWords } from "../words/words.ts";
import { Button } from "./Button.tsx";
import "./FilterBar.css";

interface BarProps {
  /** Whether a filter is set. */
  readonly active: boolean;
  readonly onClear: () => void;
  readonly children: ReactNode;
}

/** The filters of a list. */
export function FilterBar({ active, onClear, children }: BarProps) {
  const t = useWords(partsWords);
  return (
    <search className="filters" aria-label={t.filters}>
      {children}
      {active && (
        <Button look="plain" onClick={onClear}>
          {t.clearFilters}
        </Button>
      )}
    </search>
  );
}

const PAUSE = 250;
// A day is typed digit by digit, and each digit of the year makes another day.
const PAUSE_IN_A_DAY = 800;

/** Hold what is typed into a filter, and send it after a pause. */
function useTyped(value: string, pause: number, onSend: (typed: string) => void) {
  const [typed, setTyped] = useState(value);
  // What is shown, and then what was sent from here and is not shown yet.
  const [sent, setSent] = useState<readonly string[]>([value]);
  if (sent[0] !== value) {
    // The address changed by Back, or by what was typed here some letters ago. Only the former changes the field.
    const place = sent.indexOf(value);
    setSent(place < 0 ? [value] : sent.slice(place));
    if (place < 0) setTyped(value);
  }
  const send = () => {
    const text = typed.trim();
    if (text === sent.at(-1)) return;
    setSent(text === value ? [text] : [...sent, text]);
    onSend(text);
  };
  const sendLater = useEffectEvent(send);
  useEffect(() => {
    const timer = setTimeout(() => {
      sendLater();
    }, pause);
    return () => {
      clearTimeout(timer);
    };
  }, [typed, pause]);
  return { typed, type: setTyped, send };
}

interface SearchProps {
  readonly label?: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

/** A field to search in a list. The list follows a moment after the person stops typing, or at once on Enter. */
export function SearchBox({ label, value, onChange }: SearchProps) {
  const t = useWords(partsWords);
  const id = useId();
  const { typed, type, send } = useTyped(value, PAUSE, onChange);
  return (
    <div className="filter search">
      <label htmlFor={id}>{label ?? t.search}</label>
      <input
        id={id}
        type="search"
        dir="auto"
        className="input"
        value={typed}
        autoComplete="off"
        maxLength={MAX_TEXT}
        onChange={({ target }) => {
          type(target.value);
        }}
        onKeyDown={(event) => {
          if (event.key !== "Enter") return;
          event.preventDefault(); // it may be in the form of a dialog, which is not sent by a search
          send();
        }}
      />
    </div>
  );
}

interface SelectProps<T extends string> {
  readonly label: string;
  readonly value: T | null;
  readonly options: readonly { readonly id: T; readonly text: string }[];
  readonly onChange: (value: T | null) => void;
}

/** A filter by one of a few values, or by none. */
export function FilterSelect<T extends string>({ label, value, options, onChange }: SelectProps<T>) {
  const t = useWords(partsWords);
  const id = useId();
  return (
    <div className="filter">
      <label htmlFor={id}>{label}</label>
      <select
        id={id}
        className="input"
        value={value ?? ""}
        onChange={({ target }) => {
          onChange(options.find((option) => option.id === target.value)?.id ?? null);
        }}
      >
        <option value="">{t.any}</option>
        {options.map((option) => (
          <option key={option.id} value={option.id}>
            {option.text}
          </option>
        ))}
      </select>
    </div>
  );
}

interface DayProps {
  readonly label: string;
  readonly value: string | null;
  /** The last day that can be chosen. */
  readonly max?: string;
  readonly onChange: (value: string | null) => void;
}

/** A filter by a day. The list follows a moment after the person stops typing, or at once on Enter or on the way out. */
export function FilterDay({ label, value, max, onChange }: DayProps) {
  const id = useId();
  const { typed, type, send } = useTyped(value ?? "", PAUSE_IN_A_DAY, (day) => {
    onChange(day || null);
  });
  return (
    <div className="filter">
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        type="date"
        className="input"
        value={typed}
        max={max}
        onChange={({ target }) => {
          type(target.value);
        }}
        onBlur={send}
        onKeyDown={({ key }) => {
          if (key === "Enter") send();
        }}
      />
    </div>
  );
}
