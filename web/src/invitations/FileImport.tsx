import { useState } from "react";
import { useMutation } from "../graph/useMutation.ts";
import { Button, reasonOf } from "../parts/Button.tsx";
import { download } from "../parts/download.ts";
import { Facts } from "../parts/Facts.tsx";
import { Progress } from "../parts/Progress.tsx";
import { Section } from "../parts/Section.tsx";
import { Step } from "../parts/Step.tsx";
import { showDone, succeeded } from "../parts/toasts.ts";
import { byUser } from "../people/routes.ts";
import { Link } from "../router/Link.tsx";
import { useFormats } from "../words/formats.ts";
import { invitationsWords } from "../words/invitations.ts";
import { useWords } from "../words/words.ts";
import type { importingMutation } from "./__generated__/importingMutation.graphql";
import { type CsvText, parts } from "./csv.ts";
import { FileRows } from "./FileRows.tsx";
import { type Counts, IMPORT, type ImportOptions, inTheFile, NOTHING, plus } from "./importing.ts";
import type { Checked } from "./InviteByFile.tsx";
import { useWhy } from "./useWhy.ts";
import { type ImportProblem, ofTheFile, rejectsOf, type Row, rowsOf, type Verdict } from "./verdicts.ts";

interface Props {
  readonly checked: Checked;
  readonly options: ImportOptions;
  readonly viewerCan: Parameters<typeof reasonOf>[0];
  readonly running: boolean;
  readonly onRunning: (running: boolean) => void;
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
export function FileImport({ checked: { csv, problems, refused }, options, viewerCan, running, onRunning }: Props) {
  const t = useWords(invitationsWords);
  const { state, isDone, run } = useImport(csv, options, onRunning);
  const rows = csv ? rowsOf(csv, isDone ? state.problems : problems) : [];
  const invited = rows.filter(({ verdict }) => verdict === "invited").length;
  const isUnclear = csv === null && !refused;
  const started = running || state.parts > 0;
  return (
    <Section title={isDone ? t.result : started ? t.importing : t.nothingYet}>
      <FileProblems problems={csv ? ofTheFile(csv, problems) : refused ? problems : []} />
      {isUnclear && <p className="problem">{t.unclear}</p>}
      {csv !== null && csv.blank > 0 && <p className="quiet">{t.blank(csv.blank)}</p>}
      {isDone ? <Result counts={state.counts} /> : <Preview rows={rows} />}
      {started && !isDone && (
        <Progress label={t.importing} done={Math.min(state.parts * PART, rows.length)} all={rows.length} />
      )}
      <p className="form-buttons">
        {csv && <RejectsButton csv={csv} rows={rows} />}
        {isDone ? (
          <Link className="button main" href={byUser.href({ team: options.teamId })}>
            {t.members}
          </Link>
        ) : (
          <Button
            look="main"
            pending={running}
            reason={reasonOf(viewerCan, "MEMBERS_IMPORT") ?? (isUnclear ? t.unclear : invited === 0 ? t.nothingToDo : null)}
            onClick={() => void run()}
          >
            {state.parts > 0 ? t.goOn : t.send(invited)}
          </Button>
        )}
      </p>
      <FileRows rows={rows} />
    </Section>
  );
}

/** How far the import of a file is, and how to begin it, or to go on with it. */
function useImport(csv: CsvText | null, options: ImportOptions, onRunning: (running: boolean) => void) {
  const t = useWords(invitationsWords);
  const [state, setState] = useState<State>({ parts: 0, counts: NOTHING, problems: [] });
  const { send } = useMutation<importingMutation>(IMPORT);
  const all = csv ? parts(csv, PART) : [];
  const headLines = csv?.headLines ?? 0;
  const run = async () => {
    onRunning(true);
    let now = state;
    for (const part of all.slice(state.parts)) {
      const payload = await send({ ...options, text: part.text, dryRun: false });
      if (!succeeded(payload)) break; // a message has told it; the next press goes on here
      const found = inTheFile(payload.problems, headLines, part.line);
      now = { parts: now.parts + 1, counts: plus(now.counts, payload), problems: [...now.problems, ...found] };
      setState(now);
    }
    onRunning(false);
    if (now.parts === all.length) showDone(t.invited(now.counts.imported));
  };
  return { state, isDone: state.parts === all.length && all.length > 0, run };
}

/** What is wrong with the file as a whole. */
function FileProblems({ problems }: { readonly problems: readonly ImportProblem[] }) {
  const why = useWhy();
  if (problems.length === 0) return null;
  return (
    <ul className="plain-list">
      {problems.map((problem, index) => (
        <li key={index} className={problem.isInformation ? "quiet" : "problem"}>
          <bdi>{why(problem)}</bdi>
        </li>
      ))}
    </ul>
  );
}

/** How many rows have which verdict. */
function Preview({ rows }: { readonly rows: readonly Row[] }) {
  const t = useWords(invitationsWords);
  const { number } = useFormats();
  const count = (verdict: Verdict) => rows.filter((row) => row.verdict === verdict).length;
  return <Facts facts={(["invited", "skipped", "rejected"] as const).map((name) => [t.verdicts[name], number(count(name))])} />;
}

/** What became of the rows. It takes the focus over from the button, which is gone. */
function Result({ counts }: { readonly counts: Counts }) {
  const t = useWords(invitationsWords);
  const { number } = useFormats();
  const names = ["imported", "skipped", "rejected", "seats", "waiting"] as const;
  return (
    <Step>
      <Facts facts={names.map((name) => [t.results[name], number(counts[name])])} />
    </Step>
  );
}

/** Saves the rows that are to be corrected as a file. */
function RejectsButton({ csv, rows }: { readonly csv: CsvText; readonly rows: readonly Row[] }) {
  const t = useWords(invitationsWords);
  const why = useWhy();
  const rejected = rows.filter(({ verdict }) => verdict === "rejected").length;
  if (rejected === 0) return null;
  const save = () => {
    download(t.rejectsName, rejectsOf(csv, rows, t.problem, (row) => row.problems.map(why).join(" ")));
  };
  return <Button onClick={save}>{t.rejects(rejected)}</Button>;
}
