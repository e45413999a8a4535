import { SelectField } from "../parts/Field.tsx";
import { seatsWords } from "../words/seats.ts";
import { useWords } from "../words/words.ts";

const MODES = ["ALL_OR_NOTHING", "BEST_EFFORT", "WAITLIST"] as const;

/** What is done if there are fewer seats than people. */
export type ShortageMode = (typeof MODES)[number];

interface Props {
  readonly value: ShortageMode;
  /** A mode that cannot be chosen. */
  readonly without?: ShortageMode;
  readonly onChange: (mode: ShortageMode) => void;
}

/** Asks what is to be done if there are fewer seats than people. */
export function ModeField({ value, without, onChange }: Props) {
  const t = useWords(seatsWords);
  return (
    <SelectField
      name="mode"
      label={t.shortage}
      value={value}
      onChange={({ target }) => {
        const mode = MODES.find((one) => one === target.value);
        if (mode) onChange(mode);
      }}
    >
      {MODES.filter((one) => one !== without).map((one) => (
        <option key={one} value={one}>
          {t.modes[one]}
        </option>
      ))}
    </SelectField>
  );
}
