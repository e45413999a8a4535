// Forms. Each error of a mutation is shown at the field that it is about, and the first of these gets the focus. Errors
// about no field of the form stand above its buttons.
import { createContext, type ReactNode, type SubmitEvent, use, useCallback, useEffect, useMemo, useRef, useState } from "react";
import type { Problem } from "../graph/problems.ts";
import { useErrorTexts } from "../words/errors.ts";
import "./Form.css";
import { Problems } from "./Problems.tsx";

interface FormState {
  readonly textOf: (name: string) => string | null;
  /** Tell the form that it has a field of this name. Returns how to take it back. */
  readonly register: (name: string) => () => void;
}

const NONE: FormState = { textOf: () => null, register: () => () => undefined };
const FormContext = createContext<FormState>(NONE);

interface Props {
  readonly problems: readonly Problem[];
  readonly onSubmit: (data: FormData) => void;
  readonly children: ReactNode;
  /** The buttons at the end. */
  readonly buttons: ReactNode;
  readonly label?: string;
}

/** A form. The name of each field is the path in the input of the mutation, such as `email` or `people.0.email`. */
export function Form({ problems, onSubmit, children, buttons, label }: Props) {
  const texts = useErrorTexts();
  const element = useRef<HTMLFormElement>(null);
  const [names, setNames] = useState<readonly string[]>([]);
  const register = useCallback((name: string) => {
    setNames((known) => [...known, name]);
    return () => {
      setNames((known) => known.filter((one) => one !== name));
    };
  }, []);
  const state = useMemo(
    () => ({
      register,
      textOf: (name: string) => {
        const found = problems.filter((problem) => problem.field.join(".") === name);
        return found.length ? found.map(texts.problem).join(" ") : null;
      },
    }),
    [problems, register, texts],
  );
  useEffect(() => {
    if (problems.length) element.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  }, [problems]);
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    onSubmit(new FormData(event.currentTarget));
  };
  const others = problems.filter((problem) => !names.includes(problem.field.join(".")));
  return (
    <FormContext value={state}>
      <form ref={element} className="form" onSubmit={submit} noValidate aria-label={label}>
        {children}
        <Problems problems={others} />
        <div className="form-buttons">{buttons}</div>
      </form>
    </FormContext>
  );
}

/** Return the error at the field of this name, or null. */
export function useFieldProblem(name: string): string | null {
  const { textOf, register } = use(FormContext);
  useEffect(() => register(name), [name, register]);
  return textOf(name);
}
