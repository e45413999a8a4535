import { graphql } from "react-relay";
import { ProfileTabs } from "../access/ProfileTabs.tsx";
import { ask, useAllRows } from "../graph/pages.ts";
import { EmptyState } from "../parts/EmptyState.tsx";
import { Title } from "../parts/Title.tsx";
import type { Screen } from "../router/route.ts";
import { NotFound } from "../shell/NotFound.tsx";
import { noticesWords } from "../words/notices.ts";
import { shellWords } from "../words/shell.ts";
import { useWords } from "../words/words.ts";
import type { PreferencesScreenOthersQuery } from "./__generated__/PreferencesScreenOthersQuery.graphql";
import type { preferences } from "./routes.ts";
import { TeamPreferences } from "./TeamPreferences.tsx";

/* eslint-disable relay/unused-fields -- `readRows` reads the pages */
export const query = graphql`
  query PreferencesScreenQuery @preloadable {
    ...Shell_query
    viewer {
      memberships(first: 100) {
        totalCount
        nodes {
          ...TeamPreferences_member @relay(mask: false)
        }
        pageInfo {
          hasNextPage
          endCursor
        }
      }
    }
  }
`;

const OTHERS = graphql`
  query PreferencesScreenOthersQuery($after: String) {
    viewer {
      memberships(first: 100, after: $after) {
        nodes {
          ...TeamPreferences_member @relay(mask: false)
        }
        pageInfo {
          hasNextPage
          endCursor
        }
      }
    }
  }
`;

/** Profile: how the viewer gets the notices of each kind, in each team of which they are a contract manager. */
export default function PreferencesScreen({ data: { viewer } }: Screen<typeof preferences>) {
  const t = useWords(noticesWords);
  const shell = useWords(shellWords);
  const all = useAllRows(viewer?.memberships, async (after) => {
    return (await ask<PreferencesScreenOthersQuery>(OTHERS, { after }))?.viewer?.memberships;
  });
  if (!viewer) return <NotFound />;
  const managed = all.filter(({ role }) => role === "CONTRACT_MANAGER"); // nobody else gets notices
  return (
    <>
      <Title>{shell.profile}</Title>
      <ProfileTabs current="preferences" />
      {managed.length > 0 ? (
        managed.map((member) => <TeamPreferences key={member.id} member={member} />)
      ) : (
        <EmptyState title={t.noPreferences} hint={t.noPreferencesHint} />
      )}
    </>
  );
}
