import { Button } from "../parts/Button.tsx";
import { TextField } from "../parts/Field.tsx";
import { invitationsWords } from "../words/invitations.ts";
import { useWords } from "../words/words.ts";
import type { Draft } from "./drafts.ts";
import "./PersonFields.css";

interface Props {
  readonly index: number;
  readonly draft: Draft;
  readonly onChange: (draft: Draft) => void;
  /** Null for the only person, who cannot be taken away. */
  readonly onRemove: (() => void) | null;
}

/** Give the focus to the next person, or else to the one before. */
function focusNeighbour(button: HTMLElement): void {
  const own = button.closest("fieldset");
  const others = [own?.nextElementSibling, own?.previousElementSibling];
  others.find((one) => one instanceof HTMLFieldSetElement)?.querySelector("input")?.focus();
}

/** The fields for one person who is to be invited. */
export function PersonFields({ index, draft, onChange, onRemove }: Props) {
  const t = useWords(invitationsWords);
  return (
    <fieldset className="person-fields">
      <legend>{t.person(index + 1)}</legend>
      {(["firstName", "lastName", "email"] as const).map((name) => (
        <TextField
          key={name}
          name={`people.${index}.${name}`}
          label={t[name]}
          required={name !== "lastName"}
          type={name === "email" ? "email" : "text"}
          autoComplete="off"
          value={draft[name]}
          onChange={({ target }) => {
            onChange({ ...draft, [name]: target.value });
          }}
        />
      ))}
      {onRemove && (
        <Button
          look="plain"
          icon="close"
          label={`${t.removePerson}: ${t.person(index + 1)}`}
          onClick={({ currentTarget }) => {
            focusNeighbour(currentTarget); // this button goes
            onRemove();
          }}
        />
      )}
    </fieldset>
  );
}
