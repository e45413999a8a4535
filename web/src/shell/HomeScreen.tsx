import { useEffect } from "react";
import { graphql } from "react-relay";
import { products } from "../catalogue/routes.ts";
import { companies } from "../companies/routes.ts";
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
      staff: viewerCan(actions: [COMPANIES_READ]) {
        allowed
      }
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

/** Leads to the team that was opened last, or the vendor's staff to the companies; or says how to get into a team. */
export default function HomeScreen({ data }: Screen<typeof home>) {
  const t = useWords(shellWords);
  const team = presentTeam((data.viewer?.teams.edges ?? []).map(({ node }) => node), undefined);
  const isStaff = data.viewer?.staff.some(({ allowed }) => allowed) ?? false;
  const start = team ? products.href({ team: team.id }) : isStaff ? companies.href({}) : null;
  useEffect(() => {
    if (start !== null) navigate(start, { replace: true });
  }, [start]);
  if (start !== null) return null;
  return (
    <>
      <Title>{t.home}</Title>
      <EmptyState title={t.noTeam} hint={t.noTeamHint} />
    </>
  );
}
