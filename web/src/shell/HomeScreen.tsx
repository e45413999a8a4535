import { useEffect } from "react";
import { graphql } from "react-relay";
import { products } from "../catalogue/routes.ts";
import { EmptyState } from "../parts/EmptyState.tsx";
import { Title } from "../parts/Title.tsx";
import type { Screen } from "../router/route.ts";
import { navigate } from "../router/router.ts";
import { shellWords } from "../words/shell.ts";
import { useWords } from "../words/words.ts";
import type { home } from "./routes.ts";
import { presentTeam } from "./teams.ts";

export const query = graphql`
  query HomeScreenQuery @preloadable {
    ...Shell_query
    viewer {
      teams(first: 50) @connection(key: "Shell_teams") {
        edges {
          node {
            id
          }
        }
      }
    }
  }
`;

/** Leads to the team that was opened last, or says how to get into one. */
export default function HomeScreen({ data }: Screen<typeof home>) {
  const t = useWords(shellWords);
  const team = presentTeam((data.viewer?.teams.edges ?? []).map(({ node }) => node), undefined);
  useEffect(() => {
    if (team) navigate(products.href({ team: team.id }), { replace: true });
  }, [team]);
  if (team) return null;
  return (
    <>
      <Title>{t.home}</Title>
      <EmptyState title={t.noTeam} hint={t.noTeamHint} />
    </>
  );
}
