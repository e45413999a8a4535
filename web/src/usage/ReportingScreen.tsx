import { graphql } from "react-relay";
import { EmptyState } from "../parts/EmptyState.tsx";
import { Title } from "../parts/Title.tsx";
import { shellWords } from "../words/shell.ts";
import { useWords } from "../words/words.ts";

export const query = graphql`
  query ReportingScreenQuery @preloadable {
    ...Shell_query
  }
`;

/** Reporting: how much the seats are used. */
export default function ReportingScreen() {
  const t = useWords(shellWords);
  return (
    <>
      <Title>{t.reporting}</Title>
      <EmptyState title={t.soon} />
    </>
  );
}
