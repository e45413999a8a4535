import { graphql } from "react-relay";
import { useMutation } from "../graph/useMutation.ts";
import { Ago } from "../parts/Ago.tsx";
import { Badge } from "../parts/Badge.tsx";
import { Button } from "../parts/Button.tsx";
import { type Column, Table } from "../parts/Table.tsx";
import { Title } from "../parts/Title.tsx";
import { showDone } from "../parts/toasts.ts";
import type { Screen } from "../router/route.ts";
import { reload } from "../router/router.ts";
import { NotFound } from "../shell/NotFound.tsx";
import { profileWords } from "../words/profile.ts";
import { shellWords } from "../words/shell.ts";
import { useWords } from "../words/words.ts";
import type { SessionsScreenEndMutation } from "./__generated__/SessionsScreenEndMutation.graphql";
import type { SessionsScreenEndOthersMutation } from "./__generated__/SessionsScreenEndOthersMutation.graphql";
import type { SessionsScreenQuery$data } from "./__generated__/SessionsScreenQuery.graphql";
import { ProfileTabs } from "./ProfileTabs.tsx";
import type { sessions } from "./routes.ts";

export const query = graphql`
  query SessionsScreenQuery @preloadable {
    ...Shell_query
    viewer {
      sessions(first: 100) @connection(key: "SessionsScreen_sessions") {
        __id
        edges {
          node {
            id
            device
            place
            method
            createdAt
            lastUsedAt
            isCurrent
          }
        }
      }
    }
  }
`;

/** Profile: where the viewer is signed in. One session can be ended, or all others. */
export default function SessionsScreen({ data }: Screen<typeof sessions>) {
  const t = useWords(profileWords);
  const shell = useWords(shellWords);
  const list = data.viewer?.sessions;
  const columns = useColumns(list?.__id ?? "");
  if (!list) return <NotFound />;
  const rows = list.edges.map(({ node }) => node);
  return (
    <>
      <Title aside={<EndOthers list={list.__id} others={rows.filter(({ isCurrent }) => !isCurrent).length} />}>
        {shell.profile}
      </Title>
      <ProfileTabs current="sessions" />
      <p className="quiet">{t.sessionsHint}</p>
      <Table
        label={t.tabs.sessions}
        rows={rows}
        keyOf={({ id }) => id}
        nameOf={({ device }) => device ?? t.unknownDevice}
        columns={columns}
      />
    </>
  );
}

type Session = NonNullable<NonNullable<SessionsScreenQuery$data["viewer"]>["sessions"]>["edges"][number]["node"];

function useColumns(list: string): readonly [Column<Session, never>, ...Column<Session, never>[]] {
  const t = useWords(profileWords);
  return [
    {
      title: t.device,
      cell: ({ device, isCurrent }) => (
        <>
          <bdi>{device ?? t.unknownDevice}</bdi> {isCurrent && <Badge tone="good">{t.thisSession}</Badge>}
        </>
      ),
    },
    { title: t.place, cell: ({ place }) => (place === null ? <span className="quiet">{t.unknown}</span> : <bdi>{place}</bdi>) },
    { title: t.method, cell: ({ method }) => t.methods[method] },
    { title: t.began, cell: ({ createdAt }) => <Ago at={createdAt} /> },
    { title: t.lastUsed, cell: ({ lastUsedAt }) => <Ago at={lastUsedAt} /> },
    {
      title: t.action,
      cell: ({ id, device, isCurrent }) =>
        !isCurrent && <EndSession list={list} sessionId={id} name={device ?? t.unknownDevice} />,
    },
  ];
}

function EndSession(props: { readonly list: string; readonly sessionId: string; readonly name: string }) {
  const { list, sessionId, name } = props;
  const t = useWords(profileWords);
  const end = useMutation<SessionsScreenEndMutation>(graphql`
    mutation SessionsScreenEndMutation($input: EndSessionInput!, $connections: [ID!]!) {
      endSession(input: $input) {
        deletedSessionIds @deleteEdge(connections: $connections)
        errors {
          ...problems_error @relay(mask: false)
        }
      }
    }
  `);
  const press = async () => {
    const payload = await end.send({ sessionId, dryRun: false }, { variables: { connections: [list] } });
    if (!payload) return;
    showDone(t.sessionEnded(name));
    if (payload.deletedSessionIds.length === 0) reload(); // it had ended before
  };
  return (
    <Button pending={end.pending} onClick={() => void press()}>
      {t.end}
      <span className="hidden-text">: {name}</span>
    </Button>
  );
}

function EndOthers({ list, others }: { readonly list: string; readonly others: number }) {
  const t = useWords(profileWords);
  const end = useMutation<SessionsScreenEndOthersMutation>(graphql`
    mutation SessionsScreenEndOthersMutation($input: EndOtherSessionsInput!, $connections: [ID!]!) {
      endOtherSessions(input: $input) {
        deletedSessionIds @deleteEdge(connections: $connections)
        errors {
          ...problems_error @relay(mask: false)
        }
      }
    }
  `);
  const press = async () => {
    const payload = await end.send({ dryRun: false }, { variables: { connections: [list] } });
    if (payload) showDone(t.sessionsEnded(payload.deletedSessionIds.length));
  };
  return (
    <Button reason={others === 0 ? t.noOtherSession : null} pending={end.pending} onClick={() => void press()}>
      {t.endOthers}
    </Button>
  );
}
