// Filters above a list. What they say is in the address, so a list can be sent as a link, and Back keeps it.
import { type ReactNode, useEffect, useId, useRef, useState } from "react";
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

/** Holds what is typed in a field. The list follows a moment after the person stops typing. */
function useTyped(value: string, onChange: (value: string) => void) {
  const [typed, setTyped] = useState(value);
  const [followed, setFollowed] = useState(value);
  const [sent, setSent] = useState(value);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  if (followed !== value) {
    // The address changed by Back, or by what was typed here. Only the former changes the field.
    setFollowed(value);
    setSent(value);
    if (typed.trim() !== value) setTyped(value);
  }
  useEffect(
    () => () => {
      clearTimeout(timer.current);
    },
    [],
  );
  const send = (text: string) => {
    clearTimeout(timer.current);
    setSent(text);
    onChange(text);
  };
  /** Take what is typed. If it is not whole yet, the list waits for `finish`. */
  const type = (text: string, isWhole = true) => {
    setTyped(text);
    clearTimeout(timer.current);
    if (isWhole) timer.current = setTimeout(send, PAUSE, text.trim());
  };
  const finish = () => {
    if (typed !== sent) send(typed);
  };
  return { typed, type, finish };
}

interface SearchProps {
  readonly label?: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

/** A field to search in a list. The list follows a moment after the person stops typing. */
export function SearchBox({ label, value, onChange }: SearchProps) {
  const t = useWords(partsWords);
  const id = useId();
  const { typed, type } = useTyped(value, onChange);
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

/** A filter by a day. A year that is typed is 0002 after its first digit: that one waits until the field is left. */
export function FilterDay({ label, value, max, onChange }: DayProps) {
  const id = useId();
  const { typed, type, finish } = useTyped(value ?? "", (day) => {
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
          type(target.value, !target.validity.badInput && !target.value.startsWith("0"));
        }}
        onBlur={finish}
        onKeyDown={({ key }) => {
          if (key === "Enter") finish();
        }}
      />
    </div>
  );
}
