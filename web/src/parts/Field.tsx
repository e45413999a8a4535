// The fields of forms. Each is a browser's own control with its label, its hint and its error.
import { type ComponentProps, type ReactNode, useId } from "react";
import { partsWords } from "../words/parts.ts";
import { useWords } from "../words/words.ts";
import { useFieldProblem } from "./Form.tsx";

interface Common {
  /** The path in the input of the mutation. */
  readonly name: string;
  readonly label: string;
  readonly hint?: ReactNode;
}

interface Described {
  readonly id: string;
  readonly "aria-invalid": true | undefined;
  readonly "aria-describedby": string | undefined;
}

function Around({ name, label, hint, required, control }: Common & {
  readonly required: boolean;
  readonly control: (described: Described) => ReactNode;
}) {
  const t = useWords(partsWords);
  const id = useId();
  const problem = useFieldProblem(name);
  const describedBy = [hint === undefined ? "" : `${id}-hint`, problem === null ? "" : `${id}-problem`].join(" ").trim();
  return (
    <div className="field">
      <label htmlFor={id}>
        {label} {!required && <span className="quiet small">({t.optional})</span>}
      </label>
      {control({
        id,
        "aria-invalid": problem === null ? undefined : true,
        "aria-describedby": describedBy || undefined,
      })}
      {hint !== undefined && (
        <p id={`${id}-hint`} className="quiet small">
          {hint}
        </p>
      )}
      {problem !== null && (
        <p id={`${id}-problem`} className="problem small">
          {problem}
        </p>
      )}
    </div>
  );
}

type TextProps = Common & Omit<ComponentProps<"input">, "id" | "name" | "className">;

/** A field for one line. */
export function TextField({ name, label, hint, required = true, ...rest }: TextProps) {
  const control = (described: Described) => (
    <input dir="auto" {...rest} {...described} name={name} className="input" aria-required={required} />
  );
  return <Around {...{ name, label, hint, required, control }} />;
}

type AreaProps = Common & Omit<ComponentProps<"textarea">, "id" | "name" | "className">;

/** A field for several lines. */
export function TextArea({ name, label, hint, required = true, ...rest }: AreaProps) {
  const control = (described: Described) => (
    <textarea dir="auto" {...rest} {...described} name={name} className="input" aria-required={required} />
  );
  return <Around {...{ name, label, hint, required, control }} />;
}

type SelectProps = Common & Omit<ComponentProps<"select">, "id" | "name" | "className">;

/** A choice of one of a few. Its children are `<option>`s. */
export function SelectField({ name, label, hint, required = true, ...rest }: SelectProps) {
  const control = (described: Described) => (
    <select {...rest} {...described} name={name} className="input" aria-required={required} />
  );
  return <Around {...{ name, label, hint, required, control }} />;
}

type CheckProps = Common & Omit<ComponentProps<"input">, "id" | "name" | "type" | "className">;

/** A yes or no. */
export function CheckField({ name, label, hint, ...rest }: CheckProps) {
  const id = useId();
  const problem = useFieldProblem(name);
  return (
    <div className="field">
      <div className="check">
        <input {...rest} type="checkbox" className="tick" id={id} name={name} aria-describedby={`${id}-hint`} aria-invalid={problem === null ? undefined : true} />
        <label htmlFor={id}>{label}</label>
      </div>
      <p id={`${id}-hint`} className={problem === null ? "quiet small" : "problem small"}>
        {problem ?? hint}
      </p>
    </div>
  );
}
