// A text that appears beside what the pointer or the keyboard is on. Escape hides it.
import type { ReactElement } from "react";
import { Focusable, Tooltip as AriaTooltip, TooltipTrigger } from "react-aria-components/Tooltip";

interface Props {
  /** Null if there is nothing to say now. The control stays the same element when that changes, and keeps the focus. */
  readonly text: string | null;
  readonly children: ReactElement<{ readonly role?: string }, string>;
}

/** Shows a text beside its only child, which must be a control. */
export function Tooltip({ text, children }: Props) {
  return (
    <TooltipTrigger delay={300} closeDelay={100} isDisabled={text === null}>
      <Focusable>{children}</Focusable>
      {text !== null && (
        <AriaTooltip className="tooltip" offset={6}>
          {text}
        </AriaTooltip>
      )}
    </TooltipTrigger>
  );
}
