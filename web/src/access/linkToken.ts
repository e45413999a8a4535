// The secret of a link: what stands after the # of a page that a mail or a sign-in at a provider opened. It leaves the
// address at once, so that it is neither in the history of the browser nor on a screen that somebody shares. It stays in
// the memory of the page until it is spent.
import { store } from "../graph/store.ts";
import { LINKS } from "./links.ts";

const KEPT = "usher:link";

/** The secret of the link that was opened, or "". */
export const linkToken = store(taken() || kept());

addEventListener("hashchange", () => {
  // Another link was put into the address of the same tab. The browser does not load the page again for that.
  const token = taken();
  if (token) linkToken.set(token);
});

function taken(): string {
  const { hash, pathname, search } = location;
  if (!hash || !Object.values<string>(LINKS).includes(pathname)) return "";
  history.replaceState(history.state, "", pathname + search);
  return hash.slice(1);
}

function kept(): string {
  const [path, token] = (sessionStorage.getItem(KEPT) ?? "").split("#");
  sessionStorage.removeItem(KEPT);
  return path === location.pathname ? (token ?? "") : "";
}

/** Keep the secret in this tab while the person is away, to sign in at a provider. */
export function keepLinkToken(): void {
  if (linkToken.get()) sessionStorage.setItem(KEPT, `${location.pathname}#${linkToken.get()}`);
}

/** Forget the secret: it is spent. */
export function forgetLinkToken(): void {
  linkToken.set("");
}
