import { graphql, useFragment } from "react-relay";
import { Ago } from "../parts/Ago.tsx";
import { Badge } from "../parts/Badge.tsx";
import { Button, reasonOf } from "../parts/Button.tsx";
import { Day } from "../parts/Day.tsx";
import { type Column, Table } from "../parts/Table.tsx";
import { useFormats } from "../words/formats.ts";
import { teamWords } from "../words/team.ts";
import { useWords } from "../words/words.ts";
import type { TokensTable_tokens$data, TokensTable_tokens$key } from "./__generated__/TokensTable_tokens.graphql";

interface Props {
  readonly tokens: TokensTable_tokens$key;
  readonly onAsk: (ask: "rotate" | "revoke", token: string) => void;
}

type Row = TokensTable_tokens$data[number];

const TOKENS = graphql`
  fragment TokensTable_tokens on PartnerToken @relay(plural: true) {
    id
    name
    scopes
    createdAt
    expiresAt
    revokedAt
    lastUsedAt
    previousSecretEndsAt
    grantor {
      name
    }
    viewerCan(actions: [TOKENS_ROTATE, TOKENS_REVOKE]) {
      ...abilities_ability @relay(mask: false)
    }
  }
`;

/** The partner tokens of a team, with those that have ended. */
export function TokensTable({ tokens, onAsk }: Props) {
  const t = useWords(teamWords);
  const columns = useColumns(onAsk);
  return (
    <Table
      label={t.tabs.tokens}
      rows={useFragment(TOKENS, tokens)}
      keyOf={({ id }) => id}
      nameOf={({ name }) => name}
      columns={columns}
    />
  );
}

function useColumns(onAsk: Props["onAsk"]): readonly [Column<Row, string>, ...Column<Row, string>[]] {
  const t = useWords(teamWords);
  return [
    { title: t.tokenName, cell: ({ name }) => <bdi>{name}</bdi> },
    { title: t.state, cell: (row) => <State row={row} /> },
    { title: t.mayDo, cell: ({ scopes }) => <Scopes scopes={scopes} /> },
    {
      title: t.grantor,
      cell: ({ grantor }) => (grantor ? <bdi>{grantor.name}</bdi> : <span className="quiet">{t.personLeft}</span>),
    },
    { title: t.created, cell: ({ createdAt }) => <Day at={createdAt} /> },
    { title: t.ends, cell: ({ expiresAt }) => <Day at={expiresAt} /> },
    {
      title: t.lastUsed,
      cell: ({ lastUsedAt }) =>
        lastUsedAt === null ? <span className="quiet">{t.never}</span> : <Ago at={lastUsedAt} />,
    },
    { title: t.actions, cell: (row) => <Actions row={row} onAsk={onAsk} /> },
  ];
}

function Scopes({ scopes }: { readonly scopes: Row["scopes"] }) {
  const t = useWords(teamWords);
  return (
    <details>
      <summary>{t.scopeCount(scopes.length)}</summary>
      <ul>
        {scopes.map((scope) => (
          <li key={scope}>{t.scopes[scope]}</li>
        ))}
      </ul>
    </details>
  );
}

/** Whether a moment has passed. */
function isPast(moment: string): boolean {
  return Date.parse(moment) <= Date.now();
}

function State({ row }: { readonly row: Row }) {
  const t = useWords(teamWords);
  const formats = useFormats();
  if (row.revokedAt !== null) return <Badge tone="bad">{t.revoked}</Badge>;
  if (isPast(row.expiresAt)) return <Badge tone="warn">{t.expired}</Badge>;
  return (
    <>
      <Badge tone="good">{t.active}</Badge>
      {row.previousSecretEndsAt !== null && !isPast(row.previousSecretEndsAt) && (
        <p className="quiet small">{t.oldSecretUntil(formats.moment(row.previousSecretEndsAt))}</p>
      )}
    </>
  );
}

function Actions({ row: { id, name, revokedAt, expiresAt, viewerCan }, onAsk }: { readonly row: Row } & Pick<Props, "onAsk">) {
  const t = useWords(teamWords);
  if (revokedAt !== null || isPast(expiresAt)) return null;
  return (
    <span className="nowrap">
      <Button reason={reasonOf(viewerCan, "TOKENS_ROTATE")} onClick={() => onAsk("rotate", id)}>
        {t.rotate.short}
        <span className="hidden-text"> {name}</span>
      </Button>{" "}
      <Button look="danger" reason={reasonOf(viewerCan, "TOKENS_REVOKE")} onClick={() => onAsk("revoke", id)}>
        {t.revoke.short}
        <span className="hidden-text"> {name}</span>
      </Button>
    </span>
  );
}
