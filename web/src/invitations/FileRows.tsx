import { useState } from "react";
import { Badge } from "../parts/Badge.tsx";
import { Button } from "../parts/Button.tsx";
import { FilterBar, FilterSelect } from "../parts/FilterBar.tsx";
import { type Column, Table } from "../parts/Table.tsx";
import { useFormats } from "../words/formats.ts";
import { invitationsWords } from "../words/invitations.ts";
import { useWords } from "../words/words.ts";
import { useWhy } from "./useWhy.ts";
import type { Row, Verdict } from "./verdicts.ts";

const STEP = 100;
const VERDICTS = ["rejected", "skipped", "invited"] as const;
const TONES = { invited: "good", skipped: "plain", rejected: "bad" } as const;

/** The rows of a file, each with what happens to it, and why. */
export function FileRows({ rows }: { readonly rows: readonly Row[] }) {
  const t = useWords(invitationsWords);
  const [verdict, setVerdict] = useState<Verdict | null>(rows.some((row) => row.verdict === "rejected") ? "rejected" : null);
  if (rows.length === 0) return null;
  return (
    <>
      <FilterBar active={verdict !== null} onClear={() => setVerdict(null)}>
        <FilterSelect
          label={t.what}
          value={verdict}
          options={VERDICTS.map((id) => ({ id, text: t.verdicts[id] }))}
          onChange={setVerdict}
        />
      </FilterBar>
      <Rows key={verdict} rows={verdict === null ? rows : rows.filter((row) => row.verdict === verdict)} />
    </>
  );
}

/** The first of these rows, and more if the person wants. */
function Rows({ rows }: { readonly rows: readonly Row[] }) {
  const t = useWords(invitationsWords);
  const columns = useColumns();
  const [most, setMost] = useState(STEP);
  if (rows.length === 0) return <p className="quiet">{t.noRows}</p>;
  return (
    <>
      <Table
        label={t.row}
        rows={rows.slice(0, most)}
        keyOf={({ line }) => String(line)}
        nameOf={({ line }) => String(line)}
        columns={columns}
      />
      {rows.length > STEP && (
        <p>
          {/* It stays, or the focus would be lost with it. */}
          <Button reason={rows.length > most ? null : t.allShown} onClick={() => setMost(most + STEP)}>
            {t.more}
          </Button>
        </p>
      )}
    </>
  );
}

function useColumns(): readonly [Column<Row, never>, ...Column<Row, never>[]] {
  const t = useWords(invitationsWords);
  const { number } = useFormats();
  const why = useWhy();
  return [
    { title: t.line, cell: ({ line }) => number(line) },
    { title: t.row, cell: ({ text }) => <bdi>{text}</bdi> },
    { title: t.what, cell: (row) => <Badge tone={TONES[row.verdict]}>{t.verdict[row.verdict]}</Badge> },
    { title: t.why, cell: ({ problems }) => problems.map((problem, index) => <p key={index}>{why(problem)}</p>) },
  ];
}
