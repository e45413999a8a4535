import type { Problem } from "../graph/problems.ts";
import { useErrorTexts } from "../words/errors.ts";
import { peopleWords } from "../words/people.ts";
import { useWords } from "../words/words.ts";
import "./Outcomes.css";

interface Props {
  readonly problems: readonly Problem[];
  /** The name of the person that a problem is about; null if it is about nobody. */
  readonly nameOf: (problem: Problem) => string | null;
}

const SHOWN = 200;

/** Who was left out of a change of many people, and why. */
export function Outcomes({ problems, nameOf }: Props) {
  const t = useWords(peopleWords);
  const texts = useErrorTexts();
  const sorted = [...problems].sort((one, other) => Number(one.isInformation) - Number(other.isInformation));
  return (
    // What is long can be scrolled, so the keyboard has to reach it.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div className="outcomes" role="region" aria-label={t.outcomes} tabIndex={0}>
      <ul>
        {sorted.slice(0, SHOWN).map((problem, index) => {
          const name = nameOf(problem);
          return (
            <li key={index} className={problem.isInformation ? "quiet" : "problem"}>
              {name !== null && <><bdi>{name}</bdi>: </>}
              {texts.problem(problem)}
            </li>
          );
        })}
      </ul>
      {sorted.length > SHOWN && <p className="quiet">{t.moreOutcomes(sorted.length - SHOWN)}</p>}
    </div>
  );
}
