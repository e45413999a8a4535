import { graphql } from "react-relay";
import { Title } from "../parts/Title.tsx";
import { NotFound } from "../shell/NotFound.tsx";
import { hasExplorer } from "../shell/site.ts";
import { shellWords } from "../words/shell.ts";
import { useWords } from "../words/words.ts";
import "./ExplorerScreen.css";

export const query = graphql`
  query ExplorerScreenQuery @preloadable {
    ...Shell_query
  }
`;

/** GraphiQL. Its editor needs rules that the console's own pages do not allow, so it is a page within the page. */
export default function ExplorerScreen() {
  const t = useWords(shellWords);
  if (!hasExplorer) return <NotFound />;
  return (
    <>
      <Title>{t.explorer}</Title>
      <iframe className="explorer" src="/graphql" title="GraphiQL" />
    </>
  );
}
