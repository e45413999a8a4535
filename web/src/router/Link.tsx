// A link to a screen. It is a real link: it can be opened in a new tab, copied, and read out.
import type { ComponentProps, MouseEvent } from "react";
import { navigate, prepare } from "./router.ts";

type Props = Omit<ComponentProps<"a">, "href"> & {
  readonly href: string;
  /** Whether Back does not return to the present screen. */
  readonly replace?: boolean;
};

/** A link to another screen, or to another state of this one. */
export function Link({ href, replace = false, onClick, children, ...rest }: Props) {
  const follow = (event: MouseEvent<HTMLAnchorElement>) => {
    onClick?.(event);
    const elsewhere = event.metaKey || event.ctrlKey || event.shiftKey || event.altKey || event.button !== 0;
    if (event.defaultPrevented || elsewhere || rest.target !== undefined) return;
    event.preventDefault();
    navigate(href, { replace });
  };
  const soon = () => {
    prepare(href);
  };
  return (
    <a {...rest} href={href} onClick={follow} onPointerEnter={soon} onFocus={soon}>
      {children}
    </a>
  );
}
