// A text that appears beside what the pointer or the keyboard is on. Escape hides it.
import type { ReactElement } from "react";
import { Focusable, Tooltip as AriaTooltip, TooltipTrigger } from "react-aria-components/Tooltip";

interface Props {
  readonly text: string;
  readonly children: ReactElement<{ readonly role?: string }, string>;
}

/** Shows a text beside its only child, which must be a control. */
export function Tooltip({ text, children }: Props) {
  return (
    <TooltipTrigger delay={300} closeDelay={100}>
      <Focusable>{children}</Focusable>
      <AriaTooltip className="tooltip" offset={6}>
        {text}
      </AriaTooltip>
    </TooltipTrigger>
  );
}
