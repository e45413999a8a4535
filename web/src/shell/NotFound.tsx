import { Title } from "../parts/Title.tsx";
import { Link } from "../router/Link.tsx";
import { shellWords } from "../words/shell.ts";
import { useWords } from "../words/words.ts";

/** What an address shows that leads nowhere, or to what the viewer may not see. Usher does not say which. */
export function NotFound() {
  const t = useWords(shellWords);
  return (
    <>
      <Title>{t.notFound}</Title>
      <p>{t.notFoundHint}</p>
      <p>
        <Link className="button main" href="/">
          {t.home}
        </Link>
      </p>
    </>
  );
}
