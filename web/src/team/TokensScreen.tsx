/* eslint-disable relay/unused-fields -- TokenDialogs reads the ids and names of the tokens */
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
import { tokens } from "./routes.ts";
import { TeamTabs } from "./TeamTabs.tsx";
import { TokenDialogs } from "./TokenDialogs.tsx";
import { TokensTable } from "./TokensTable.tsx";

export const query = graphql`
  query TokensScreenQuery($team: ID!, $first: Int, $after: String, $last: Int, $before: String) @preloadable {
    ...Shell_query
    team(id: $team) {
      viewerCan(actions: [TOKENS_CREATE]) {
        ...abilities_ability @relay(mask: false)
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
  const list = data.team?.partnerTokens;
  const total = list?.totalCount ?? 0;
  useSurvivingPage(search.at, list?.nodes.length ?? 0, total, (at) => change({ at }, { replace: true }));
  if (!data.team || !list) return <NotFound />;
  const create = (
    <Button
      look="main"
      icon="plus"
      reason={reasonOf(data.team.viewerCan, "TOKENS_CREATE")}
      onClick={() => change({ ask: "create" })}
    >
      {t.createToken}
    </Button>
  );
  return (
    <>
      <Title aside={list.nodes.length > 0 ? create : undefined}>{shell.team}</Title>
      <TeamTabs team={params.team} current="tokens" />
      {list.nodes.length > 0 ? (
        <TokensTable tokens={list.nodes} onAsk={(ask, token) => change({ ask, token })} />
      ) : (
        <EmptyState title={t.noTokens} hint={t.noTokensHint}>
          {create}
        </EmptyState>
      )}
      <Paging
        info={list.pageInfo}
        total={total}
        size={search.size}
        onPlace={(at) => change({ at })}
        onSize={(size) => change({ size, at: null })}
      />
      <TokenDialogs teamId={params.team} tokens={list.nodes} search={search} onChange={change} />
    </>
  );
}
