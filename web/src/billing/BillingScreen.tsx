import { graphql } from "react-relay";
import { EmptyState } from "../parts/EmptyState.tsx";
import { Title } from "../parts/Title.tsx";
import { shellWords } from "../words/shell.ts";
import { useWords } from "../words/words.ts";

export const query = graphql`
  query BillingScreenQuery @preloadable {
    ...Shell_query
  }
`;

/** Billing and Orders of a team. */
export default function BillingScreen() {
  const t = useWords(shellWords);
  return (
    <>
      <Title>{t.billing}</Title>
      <EmptyState title={t.soon} />
    </>
  );
}
