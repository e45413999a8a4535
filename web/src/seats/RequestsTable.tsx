import { graphql, useFragment } from "react-relay";
import { Ago } from "../parts/Ago.tsx";
import { Badge } from "../parts/Badge.tsx";
import { Button, reasonOf } from "../parts/Button.tsx";
import { type Column, Table } from "../parts/Table.tsx";
import { seatsWords } from "../words/seats.ts";
import { useWords } from "../words/words.ts";
import type { RequestsTable_requests$data, RequestsTable_requests$key } from "./__generated__/RequestsTable_requests.graphql";
import { MemberLink } from "./MemberLink.tsx";
import "./RequestsTable.css";

type Row = RequestsTable_requests$data[number];

interface Props {
  readonly team: string;
  readonly requests: RequestsTable_requests$key;
  readonly onAnswer: (id: string, grant: boolean) => void;
}

const REQUESTS = graphql`
  fragment RequestsTable_requests on SeatRequest @relay(plural: true) {
    id
    state
    note
    answer
    mailState
    createdAt
    product {
      name
    }
    member {
      id
      user {
        name
      }
    }
    viewerCan(actions: [REQUESTS_ANSWER, SEATS_ASSIGN]) {
      ...abilities_ability @relay(mask: false)
    }
  }
`;

/** The requests of a page, each with its answer, or with the buttons to give one. */
export function RequestsTable({ team, requests, onAnswer }: Props) {
  const t = useWords(seatsWords);
  const columns: readonly [Column<Row, never>, ...Column<Row, never>[]] = [
    {
      title: t.asker,
      cell: ({ member }) => <MemberLink team={team} id={member?.id} name={member?.user.name} />,
    },
    { title: t.product, cell: ({ product }) => <bdi>{product.name}</bdi> },
    { title: t.note, cell: ({ note }) => <span dir="auto">{note}</span> },
    { title: t.asked, cell: ({ createdAt }) => <Ago at={createdAt} /> },
    { title: t.answered, cell: (row) => <Answer row={row} onAnswer={onAnswer} /> },
  ];
  return (
    <Table
      label={t.requests}
      rows={useFragment(REQUESTS, requests)}
      keyOf={({ id }) => id}
      nameOf={({ member }) => member?.user.name ?? t.somebody}
      columns={columns}
    />
  );
}

function Answer({ row, onAnswer }: { readonly row: Row; readonly onAnswer: Props["onAnswer"] }) {
  const t = useWords(seatsWords);
  if (row.state !== "OPEN") {
    return (
      <>
        <Badge tone={row.state === "GRANTED" ? "good" : "plain"}>{t.requestsOf[row.state]}</Badge>
        {row.mailState === "REFUSED" && <Badge tone="bad">{t.answerNotSent}</Badge>}
        {row.answer !== null && <p dir="auto">{row.answer}</p>}
      </>
    );
  }
  const about = <span className="hidden-text">{`: ${row.product.name}, ${row.member?.user.name ?? t.somebody}`}</span>;
  const reason = reasonOf(row.viewerCan, "REQUESTS_ANSWER");
  return (
    <span className="request-answer">
      <Button reason={reason ?? reasonOf(row.viewerCan, "SEATS_ASSIGN")} onClick={() => onAnswer(row.id, true)}>
        {t.grant}
        {about}
      </Button>
      <Button reason={reason} onClick={() => onAnswer(row.id, false)}>
        {t.deny}
        {about}
      </Button>
    </span>
  );
}
