import type { Problem } from "../graph/problems.ts";
import { useErrorTexts } from "../words/errors.ts";
import "./Problems.css";

/** What stopped a change, and belongs to no field. It is read out when it appears. */
export function Problems({ problems }: { readonly problems: readonly Problem[] }) {
  const errors = useErrorTexts();
  // Several of a kind, such as one for each team, have one text.
  const texts = new Set(problems.map(errors.problem));
  return (
    <div role="alert">
      {texts.size > 0 && (
        <div className="problems">
          {[...texts].map((text) => (
            <p key={text}>{text}</p>
          ))}
        </div>
      )}
    </div>
  );
}
