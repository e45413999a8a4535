import { type ReactNode, useEffect, useRef } from "react";
import "./Step.css";

/** A further step of a dialog. It takes the focus over from the step before, whose button is gone. */
export function Step({ children }: { readonly children: ReactNode }) {
  const element = useRef<HTMLDivElement>(null);
  useEffect(() => {
    element.current?.focus();
  }, []);
  return (
    <div ref={element} className="step" tabIndex={-1}>
      {children}
    </div>
  );
}
