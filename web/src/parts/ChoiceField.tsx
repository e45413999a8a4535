import type { ReactNode } from "react";
import { SelectField } from "./Field.tsx";

interface Props<T extends string> {
  /** The path in the input of the mutation. */
  readonly name: string;
  readonly label: string;
  readonly hint?: ReactNode;
  readonly required?: boolean;
  readonly value: T;
  /** What can be chosen. If nothing has to be chosen, the first one has an empty id. */
  readonly options: readonly { readonly id: T; readonly text: string }[];
  readonly onChange: (value: T) => void;
}

/** A field for one of a few values. */
export function ChoiceField<T extends string>({ options, onChange, ...field }: Props<T>) {
  return (
    <SelectField
      {...field}
      onChange={({ target }) => {
        const chosen = options.find(({ id }) => id === target.value);
        if (chosen) onChange(chosen.id);
      }}
    >
      {options.map(({ id, text }) => (
        <option key={id} value={id}>
          {text}
        </option>
      ))}
    </SelectField>
  );
}
