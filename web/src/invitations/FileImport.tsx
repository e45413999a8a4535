import { useState } from "react";
import { useMutation } from "../graph/useMutation.ts";
import { Button, reasonOf } from "../parts/Button.tsx";
import { download } from "../parts/download.ts";
import { Facts } from "../parts/Facts.tsx";
import { Progress } from "../parts/Progress.tsx";
import { showDone, succeeded } from "../parts/toasts.ts";
import { byUser } from "../people/routes.ts";
import { Link } from "../router/Link.tsx";
import { useFormats } from "../words/formats.ts";
import { invitationsWords } from "../words/invitations.ts";
import { useWords } from "../words/words.ts";
import type { importingMutation } from "./__generated__/importingMutation.graphql";
import { parts } from "./csv.ts";
import { FileRows } from "./FileRows.tsx";
import { type Counts, IMPORT, type ImportOptions, inTheFile, NOTHING, plus } from "./importing.ts";
import type { Checked } from "./InviteByFile.tsx";
import { useWhy } from "./useWhy.ts";
import { type ImportProblem, ofTheFile, rejectsOf, rowsOf } from "./verdicts.ts";

interface Props {
  readonly checked: Checked;
  readonly options: ImportOptions;
  readonly viewerCan: Parameters<typeof reasonOf>[0];
}

interface State {
  /** How many parts of the file were sent. */
  readonly parts: number;
  readonly counts: Counts;
  readonly problems: readonly ImportProblem[];
}

// Large enough to be quick, and small enough to show how far it is.
const PART = 250;

/** The rows of a file with their verdicts; the import, part by part; and what became of it. */
export function FileImport({ checked: { csv, problems, refused }, options, viewerCan }: Props) {
  const t = useWords(invitationsWords);
  const { number } = useFormats();
  const why = useWhy();
  const [state, setState] = useState<State>({ parts: 0, counts: NOTHING, problems: [] });
  const [running, setRunning] = useState(false);
  const { send } = useMutation<importingMutation>(IMPORT);
  const all = parts(csv, PART);
  const isDone = state.parts === all.length && all.length > 0;
  const rows = refused ? [] : rowsOf(csv, isDone ? state.problems : problems);
  const count = (verdict: string) => rows.filter((row) => row.verdict === verdict).length;
  const run = async () => {
    setRunning(true);
    let now = state;
    for (const part of all.slice(state.parts)) {
      const payload = await send({ ...options, text: part.text, dryRun: false });
      if (!succeeded(payload)) break; // a message has told it; the next press goes on here
      const found = inTheFile(payload.problems, csv.headLines, part.records);
      now = { parts: now.parts + 1, counts: plus(now.counts, payload), problems: [...now.problems, ...found] };
      setState(now);
    }
    setRunning(false);
    if (now.parts === all.length) showDone(t.invited(now.counts.imported));
  };
  const wrong = refused ? problems : ofTheFile(csv, problems);
  const rejected = count("rejected");
  return (
    <>
      {wrong.length > 0 && (
        <ul className="plain-list">
          {wrong.map((problem, index) => (
            <li key={index} className={problem.isInformation ? "quiet" : "problem"}>
              <bdi>{why(problem)}</bdi>
            </li>
          ))}
        </ul>
      )}
      {isDone && <h3>{t.result}</h3>}
      <Facts
        facts={
          isDone
            ? (["imported", "skipped", "rejected", "seats", "waiting"] as const).map(
                (name) => [t.results[name], number(state.counts[name])] as const,
              )
            : (["invited", "skipped", "rejected"] as const).map((name) => [t.verdicts[name], number(count(name))] as const)
        }
      />
      {(running || (state.parts > 0 && !isDone)) && (
        <Progress label={t.importing} done={Math.min(state.parts * PART, rows.length)} all={rows.length} />
      )}
      <p className="form-buttons">
        {rejected > 0 && (
          <Button
            onClick={() => {
              download(t.rejectsName, rejectsOf(csv, rows, t.problem, (row) => row.problems.map(why).join(" ")));
            }}
          >
            {t.rejects(rejected)}
          </Button>
        )}
        {isDone ? (
          <Link className="button main" href={byUser.href({ team: options.teamId })}>
            {t.members}
          </Link>
        ) : (
          <Button
            look="main"
            pending={running}
            reason={reasonOf(viewerCan, "MEMBERS_IMPORT") ?? (count("invited") === 0 ? t.nothingToDo : null)}
            onClick={() => void run()}
          >
            {state.parts > 0 ? t.goOn : t.send(count("invited"))}
          </Button>
        )}
      </p>
      <FileRows rows={rows} />
    </>
  );
}
