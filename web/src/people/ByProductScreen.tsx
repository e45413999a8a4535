import { graphql } from "react-relay";
import { EmptyState } from "../parts/EmptyState.tsx";
import { Title } from "../parts/Title.tsx";
import type { Screen } from "../router/route.ts";
import { shellWords } from "../words/shell.ts";
import { useWords } from "../words/words.ts";
import { PeopleTabs } from "./PeopleTabs.tsx";
import type { byProduct } from "./routes.ts";

export const query = graphql`
  query ByProductScreenQuery @preloadable {
    ...Shell_query
  }
`;

/** User Management, by product: the pools of the team, who holds a seat, and who waits. */
export default function ByProductScreen({ params }: Screen<typeof byProduct>) {
  const t = useWords(shellWords);
  return (
    <>
      <Title>{t.people}</Title>
      <PeopleTabs team={params.team} current="byProduct" />
      <EmptyState title={t.soon} />
    </>
  );
}
