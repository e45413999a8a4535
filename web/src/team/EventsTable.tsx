import type { ReactNode } from "react";
import { graphql, useFragment } from "react-relay";
import { type Column, Table } from "../parts/Table.tsx";
import { Link } from "../router/Link.tsx";
import { useFormats } from "../words/formats.ts";
import { teamWords } from "../words/team.ts";
import { useWords } from "../words/words.ts";
import type { EventsTable_events$data, EventsTable_events$key } from "./__generated__/EventsTable_events.graphql";
import "./EventsTable.css";
import { eventOf } from "./events.ts";

type Event = EventsTable_events$data[number];

interface Props {
  readonly events: EventsTable_events$key;
  /** Where the entries of one person are. */
  readonly hrefOfActor: (actorId: string) => string;
}

const EVENTS = graphql`
  fragment EventsTable_events on AuditEvent @relay(plural: true) {
    id
    at
    actorKind
    actorId
    action
    targetId
    before
    after
    requestId
    operator
    actor {
      name
    }
    token {
      name
    }
    target {
      __typename
      ... on Team {
        name
      }
      ... on User {
        name
      }
      ... on Member {
        user {
          name
        }
      }
      ... on Group {
        name
      }
      ... on Product {
        name
      }
      ... on PartnerToken {
        name
      }
      ... on Seat {
        product {
          name
        }
      }
      ... on SeatRequest {
        member {
          user {
            name
          }
        }
        product {
          name
        }
      }
    }
    personal {
      userId
      before
      after
    }
  }
`;

/** The entries of an audit log: when, who, what, and the values before and after. */
export function EventsTable({ events, hrefOfActor }: Props) {
  const t = useWords(teamWords);
  const columns: readonly [Column<Event, string>, ...Column<Event, string>[]] = [
    { title: t.when, cell: ({ at }) => <When at={at} /> },
    { title: t.who, cell: (event) => <Who event={event} hrefOfActor={hrefOfActor} /> },
    { title: t.what, cell: ({ action }) => <What action={action} /> },
    { title: t.about, cell: (event) => <About event={event} /> },
    { title: t.details, cell: (event) => <Details event={event} /> },
  ];
  return (
    <Table
      label={t.tabs.audit}
      rows={useFragment(EVENTS, events)}
      keyOf={({ id }) => id}
      nameOf={({ action, at }) => `${action} ${at}`}
      columns={columns}
    />
  );
}

function When({ at }: { readonly at: string }) {
  const formats = useFormats();
  return (
    <time className="nowrap" dateTime={at}>
      {formats.moment(at)}
    </time>
  );
}

/** A text for a value of which a newer server may have more. */
function named(texts: Readonly<Record<string, string | undefined>>, name: string): string | undefined {
  return texts[name];
}

function What({ action }: { readonly action: string }) {
  const t = useWords(teamWords);
  const event = eventOf(action);
  return event === null ? <code>{action}</code> : t.events[event];
}

/** What was changed, by its name: that of now, or else the one that the entry has. The id says it if there is none. */
function About({ event: { target, targetId, before, after } }: { readonly event: Event }) {
  const name = nameOf(target) ?? ownName(after) ?? ownName(before);
  if (name !== null) return <bdi>{name}</bdi>;
  return targetId !== null && <code className="small">{targetId}</code>;
}

function nameOf(target: Event["target"]): string | null {
  switch (target?.__typename) {
    case "Member":
      return target.user.name;
    case "Seat":
      return target.product.name;
    case "SeatRequest":
      return [target.member?.user.name, target.product.name].filter((name) => name !== undefined).join(" · ");
    case "Team":
    case "User":
    case "Group":
    case "Product":
    case "PartnerToken":
      return target.name;
    default:
      return null;
  }
}

/** The name in the values of an entry, such as that of a group that was deleted. */
function ownName(values: unknown): string | null {
  const name = typeof values === "object" && values !== null && "name" in values ? values.name : null;
  return typeof name === "string" ? name : null;
}

type WhoProps = Pick<Props, "hrefOfActor"> & { readonly event: Event };

function Who({ event: { actor, actorId, actorKind, token, operator }, hrefOfActor }: WhoProps) {
  const t = useWords(teamWords);
  const kind = named(t.actors, actorKind) ?? actorKind;
  return (
    <>
      {actor && actorId !== null ? (
        <Link href={hrefOfActor(actorId)} title={t.onlyActor(actor.name)}>
          <bdi>{actor.name}</bdi>
        </Link>
      ) : (
        kind
      )}
      {token && <p className="quiet small">{t.byToken(token.name)}</p>}
      {!actor && actorId !== null && <p className="quiet small">{actorId}</p>}
      {operator !== null && <p className="quiet small" dir="auto">{operator}</p>}
    </>
  );
}

function Details({ event: { targetId, before, after, personal, requestId } }: { readonly event: Event }) {
  const t = useWords(teamWords);
  const values = [
    [t.before, before],
    [t.after, after],
    ...personal.flatMap((one) => [
      [`${t.before}: ${one.userId}`, one.before] as const,
      [`${t.after}: ${one.userId}`, one.after] as const,
    ]),
  ] as const;
  return (
    <details className="event-details">
      <summary>{t.show}</summary>
      <dl>
        {values.filter(([, value]) => hasContent(value)).map(([title, value]) => (
          <Detail key={title} title={title}>
            <pre dir="auto">{JSON.stringify(value, null, 2)}</pre>
          </Detail>
        ))}
        {targetId !== null && (
          <Detail title={t.targetId}>
            <code className="small">{targetId}</code>
          </Detail>
        )}
        <Detail title={t.request}>
          <code className="small">{requestId}</code>
        </Detail>
      </dl>
    </details>
  );
}

function Detail({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <div>
      <dt>{title}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function hasContent(value: unknown): boolean {
  return typeof value === "object" && value !== null && Object.keys(value).length > 0;
}
