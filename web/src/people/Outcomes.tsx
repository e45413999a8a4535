import type { Problem } from "../graph/problems.ts";
import { useErrorTexts } from "../words/errors.ts";
import { peopleWords } from "../words/people.ts";
import { useWords } from "../words/words.ts";
import "./Outcomes.css";

interface Props {
  readonly problems: readonly Problem[];
  /** The name of the person that a problem is about; null if it is about nobody, or about somebody who was not shown. */
  readonly nameOf: (problem: Problem) => string | null;
}

const SHOWN = 200;

/** Who was left out of a change of many people, and why. */
export function Outcomes({ problems, nameOf }: Props) {
  const t = useWords(peopleWords);
  const texts = useErrorTexts();
  const lines = linesOf(problems, nameOf, texts.problem);
  return (
    // What is long can be scrolled, so the keyboard has to reach it.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div className="outcomes" role="region" aria-label={t.outcomes} tabIndex={0}>
      <ul>
        {lines.slice(0, SHOWN).map(({ name, others, text, isInformation }, index) => (
          <li key={index} className={isInformation ? "quiet" : "problem"}>
            {name !== null && <><bdi>{name}</bdi>: </>}
            {others > 0 && `${t.otherPeople(others)}: `}
            {text}
          </li>
        ))}
      </ul>
      {lines.length > SHOWN && <p className="quiet">{t.moreOutcomes(lines.length - SHOWN)}</p>}
    </div>
  );
}

interface Line {
  readonly name: string | null;
  /** How many people without a name it is about. */
  readonly others: number;
  readonly text: string;
  readonly isInformation: boolean;
}

/** A line for each problem, those that stopped something first. People who were not shown are counted, not listed. */
function linesOf(
  problems: readonly Problem[],
  nameOf: Props["nameOf"],
  textOf: (problem: Problem) => string,
): readonly Line[] {
  const lines = new Map<string, Line>();
  for (const [index, problem] of problems.entries()) {
    const { userId, row, isInformation } = problem;
    const name = nameOf(problem);
    const text = textOf(problem);
    const isNameless = name === null && (userId !== null || row !== null);
    const key = isNameless ? text : String(index);
    lines.set(key, { name, others: isNameless ? (lines.get(key)?.others ?? 0) + 1 : 0, text, isInformation });
  }
  return [...lines.values()].sort((one, other) => Number(one.isInformation) - Number(other.isInformation));
}
