import { Icon } from "../parts/Icon.tsx";
import { Link } from "../router/Link.tsx";
import { shellWords } from "../words/shell.ts";
import { useWords } from "../words/words.ts";
import type { Destination } from "./destinations.ts";

/** The navigation, with the present place marked. */
export function Navigation({ places, pathname }: { readonly places: readonly Destination[]; readonly pathname: string }) {
  const t = useWords(shellWords);
  return (
    <nav aria-label={t.navigation}>
      <ul>
        {places.map(({ id, href, also = href }) => {
          const isWithin = [href, also].some((one) => `${pathname}/`.startsWith(`${one}/`));
          const current = pathname === href ? "page" : isWithin ? "true" : undefined;
          return (
            <li key={id}>
              <Link href={href} aria-current={current}>
                <Icon name={id} />
                {t[id]}
              </Link>
            </li>
          );
        })}
      </ul>
    </nav>
  );
}
