import { graphql } from "react-relay";
import { EmptyState } from "../parts/EmptyState.tsx";
import { Title } from "../parts/Title.tsx";
import type { Screen } from "../router/route.ts";
import { shellWords } from "../words/shell.ts";
import { useWords } from "../words/words.ts";
import { PeopleTabs } from "./PeopleTabs.tsx";
import type { byGroup } from "./routes.ts";

export const query = graphql`
  query ByGroupScreenQuery @preloadable {
    ...Shell_query
  }
`;

/** User Management, by group. */
export default function ByGroupScreen({ params }: Screen<typeof byGroup>) {
  const t = useWords(shellWords);
  return (
    <>
      <Title>{t.people}</Title>
      <PeopleTabs team={params.team} current="byGroup" />
      <EmptyState title={t.soon} />
    </>
  );
}
