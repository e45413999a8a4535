import { Badge } from "../parts/Badge.tsx";
import { Day } from "../parts/Day.tsx";
import { type Column, Table } from "../parts/Table.tsx";
import { Link } from "../router/Link.tsx";
import { billingWords } from "../words/billing.ts";
import { useFormats } from "../words/formats.ts";
import { useWords } from "../words/words.ts";
import type { Due } from "./due.ts";

const TONES = { overdue: "bad", lastChance: "bad", payment: "plain", expiry: "warn", renewal: "plain" } as const;

/** What is due, in its order. */
export function DueTable({ rows }: { readonly rows: readonly Due[] }) {
  const t = useWords(billingWords);
  const { money } = useFormats();
  const columns: readonly [Column<Due, never>, ...Column<Due, never>[]] = [
    { title: t.what, cell: ({ name, href }) => (href === null ? name : <Link href={href} dir="auto">{name}</Link>) },
    { title: t.status, cell: ({ kind }) => <Badge tone={TONES[kind]}>{t.dueKinds[kind]}</Badge> },
    { title: t.day, cell: ({ day }) => <Day at={day} /> },
    { title: t.amount, number: true, cell: ({ amount }) => amount && <span className="nowrap">{money(amount)}</span> },
  ];
  return <Table label={t.due} rows={rows} keyOf={({ key }) => key} nameOf={({ name }) => name} columns={columns} />;
}
