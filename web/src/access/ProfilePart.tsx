import type { ReactNode } from "react";
import "./Profile.css";

/** A part of a screen of the profile, with its heading. */
export function ProfilePart({ title, children }: { readonly title: ReactNode; readonly children: ReactNode }) {
  return (
    <section className="profile-part">
      <h2>{title}</h2>
      {children}
    </section>
  );
}
