/* eslint-disable relay/unused-fields -- reasonOf reads what the viewer may do */
import { useState } from "react";
import { graphql } from "react-relay";
import { Button, reasonOf } from "../parts/Button.tsx";
import { EmptyState } from "../parts/EmptyState.tsx";
import { Paging } from "../parts/Paging.tsx";
import { useSurvivingPage } from "../parts/paging.ts";
import { Title } from "../parts/Title.tsx";
import { changeSearch } from "../router/changeSearch.ts";
import type { Screen } from "../router/route.ts";
import { NotFound } from "../shell/NotFound.tsx";
import { shellWords } from "../words/shell.ts";
import { teamWords } from "../words/team.ts";
import { useWords } from "../words/words.ts";
import { CreateTokenDialog } from "./CreateTokenDialog.tsx";
import { RevokeTokenDialog } from "./RevokeTokenDialog.tsx";
import { RotateTokenDialog } from "./RotateTokenDialog.tsx";
import { tokens } from "./routes.ts";
import { SecretDialog } from "./SecretDialog.tsx";
import { TeamTabs } from "./TeamTabs.tsx";
import { TokensTable } from "./TokensTable.tsx";

export const query = graphql`
  query TokensScreenQuery($team: ID!, $first: Int, $after: String, $last: Int, $before: String) @preloadable {
    ...Shell_query
    team(id: $team) {
      viewerCan(actions: [TOKENS_CREATE]) {
        action
        allowed
        reason
      }
      partnerTokens(first: $first, after: $after, last: $last, before: $before) {
        totalCount
        nodes {
          id
          name
          ...TokensTable_tokens
        }
        pageInfo {
          hasNextPage
          hasPreviousPage
          startCursor
          endCursor
        }
      }
    }
  }
`;

/** Team: the tokens with which partners act in it. */
export default function TokensScreen({ data, params, search }: Screen<typeof tokens>) {
  const shell = useWords(shellWords);
  const t = useWords(teamWords);
  const change = changeSearch(tokens, params);
  // A secret is never in the address.
  const [secret, setSecret] = useState<string | null>(null);
  const list = data.team?.partnerTokens;
  const total = list?.totalCount ?? 0;
  useSurvivingPage(search.at, list?.nodes.length ?? 0, total, (at) => {
    change({ at }, { replace: true });
  });
  if (!data.team || !list) return <NotFound />;
  const close = () => {
    change({ ask: null, token: null });
  };
  const made = (shown: string) => {
    change({ ask: null, token: null }, { replace: true });
    setSecret(shown);
  };
  const about = list.nodes.map(({ id, name }) => ({ id, name })).find(({ id }) => id === search.token);
  const create = (
    <Button
      look="main"
      icon="plus"
      reason={reasonOf(data.team.viewerCan, "TOKENS_CREATE")}
      onClick={() => {
        change({ ask: "create" });
      }}
    >
      {t.createToken}
    </Button>
  );
  return (
    <>
      <Title aside={list.nodes.length > 0 ? create : undefined}>{shell.team}</Title>
      <TeamTabs team={params.team} current="tokens" />
      {list.nodes.length > 0 ? (
        <TokensTable
          tokens={list.nodes}
          onAsk={(ask, token) => {
            change({ ask, token });
          }}
        />
      ) : (
        <EmptyState title={t.noTokens} hint={t.noTokensHint}>
          {create}
        </EmptyState>
      )}
      <Paging
        info={list.pageInfo}
        total={total}
        size={search.size}
        onPlace={(at) => {
          change({ at });
        }}
        onSize={(size) => {
          change({ size, at: null });
        }}
      />
      {search.ask === "create" && <CreateTokenDialog teamId={params.team} onClose={close} onMade={made} />}
      {search.ask === "rotate" && about && <RotateTokenDialog token={about} onClose={close} onMade={made} />}
      {search.ask === "revoke" && about && <RevokeTokenDialog token={about} onClose={close} />}
      {secret !== null && (
        <SecretDialog
          secret={secret}
          onClose={() => {
            setSecret(null);
          }}
        />
      )}
    </>
  );
}
