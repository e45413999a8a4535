import { graphql } from "react-relay";
import { EmptyState } from "../parts/EmptyState.tsx";
import { Title } from "../parts/Title.tsx";
import { shellWords } from "../words/shell.ts";
import { useWords } from "../words/words.ts";

export const query = graphql`
  query ProfileScreenQuery @preloadable {
    ...Shell_query
  }
`;

/** Profile: the viewer's account, sessions and second factors. */
export default function ProfileScreen() {
  const t = useWords(shellWords);
  return (
    <>
      <Title>{t.profile}</Title>
      <EmptyState title={t.soon} />
    </>
  );
}
