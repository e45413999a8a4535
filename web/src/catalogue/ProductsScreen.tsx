import { graphql } from "react-relay";
import { EmptyState } from "../parts/EmptyState.tsx";
import { Title } from "../parts/Title.tsx";
import { shellWords } from "../words/shell.ts";
import { useWords } from "../words/words.ts";

export const query = graphql`
  query ProductsScreenQuery @preloadable {
    ...Shell_query
  }
`;

/** Products and Services: what the team has, and the viewer's seats. */
export default function ProductsScreen() {
  const t = useWords(shellWords);
  return (
    <>
      <Title>{t.products}</Title>
      <EmptyState title={t.soon} />
    </>
  );
}
