// Buttons. One that may not be used now stays in the order of the keyboard, and says why.
import { type ComponentProps, type MouseEvent, type ReactNode, useId } from "react";
import type { Ability } from "../graph/abilities.ts";
import { reasonText } from "../words/parts.ts";
import "./Button.css";
import { Icon, type IconName } from "./Icon.tsx";
import { Tooltip } from "./Tooltip.tsx";

/** What a button looks like. `main` is the next step of a screen or dialog: there is one. */
export type Look = "usual" | "main" | "plain" | "danger" | "danger main";

interface Props extends Omit<ComponentProps<"button">, "disabled" | "className"> {
  readonly look?: Look;
  readonly icon?: IconName;
  /** The name, if the button shows its icon only. It is also shown as a tooltip. */
  readonly label?: string;
  /** Why it may not be used now: what `reasonOf` says, or a sentence. Null if it may be used. */
  readonly reason?: string | null;
  /** Whether its work is running. Another press does nothing. */
  readonly pending?: boolean;
  readonly children?: ReactNode;
}

/** A button. */
export function Button({ look = "usual", icon, label, reason, pending = false, ...rest }: Props) {
  const { children, onClick, ...others } = rest;
  const reasonId = useId();
  const refused = reason ?? null;
  const blocked = refused !== null || pending;
  const press = (event: MouseEvent<HTMLButtonElement>) => {
    if (!blocked) onClick?.(event);
    else event.preventDefault(); // a button of a form would send it
  };
  const button = (
    <button
      type="button"
      {...others}
      onClick={press}
      className={`button ${look}${label === undefined ? "" : " icon-only"}`}
      aria-label={label}
      aria-disabled={blocked ? true : others["aria-disabled"]}
      aria-busy={pending || undefined}
      aria-describedby={refused === null ? others["aria-describedby"] : reasonId}
    >
      {icon && <Icon name={icon} />}
      {children}
    </button>
  );
  return (
    <>
      {reason === undefined && label === undefined ? button : <Tooltip text={refused ?? label ?? null}>{button}</Tooltip>}
      {refused !== null && (
        <span id={reasonId} hidden>
          {refused}
        </span>
      )}
    </>
  );
}

/** Why an action may not be done, in the person's language; null if it may. An action that is not listed may not. */
export function reasonOf<A extends string>(abilities: readonly Ability<A>[], action: A): string | null {
  const ability = abilities.find((one) => one.action === action);
  if (ability?.allowed === true) return null;
  return ability ? reasonText(ability) : action;
}
