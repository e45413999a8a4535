import { useEffect } from "react";
import { Title } from "../parts/Title.tsx";
import { Link } from "../router/Link.tsx";
import { navigate } from "../router/router.ts";
import { shellWords } from "../words/shell.ts";
import { useWords } from "../words/words.ts";

// The place in a list of an address that was kept may exist no more. Its list, from the beginning, often does.
const PLACE = "at";
const isPlaced = () => new URLSearchParams(location.search).has(PLACE);

function withoutPlace(): string {
  const address = new URL(location.href);
  address.searchParams.delete(PLACE);
  return address.href;
}

/** What an address shows that leads nowhere, or to what the viewer may not see. Usher does not say which. */
export function NotFound() {
  const t = useWords(shellWords);
  const placed = isPlaced();
  useEffect(() => {
    if (placed) navigate(withoutPlace(), { replace: true });
  }, [placed]);
  if (placed) return null;
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
