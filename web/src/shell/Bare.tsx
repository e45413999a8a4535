import type { ReactNode } from "react";

/** A page without the shell: its content in the middle. */
export function Bare({ children }: { readonly children: ReactNode }) {
  return (
    <main className="bare" id="main" tabIndex={-1}>
      {children}
    </main>
  );
}
