import { graphql } from "react-relay";
import { EmptyState } from "../parts/EmptyState.tsx";
import { Title } from "../parts/Title.tsx";
import { shellWords } from "../words/shell.ts";
import { useWords } from "../words/words.ts";

export const query = graphql`
  query SettingsScreenQuery @preloadable {
    ...Shell_query
  }
`;

/** Team: its settings, its partner tokens and its audit log. */
export default function SettingsScreen() {
  const t = useWords(shellWords);
  return (
    <>
      <Title>{t.team}</Title>
      <EmptyState title={t.soon} />
    </>
  );
}
