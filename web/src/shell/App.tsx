// The whole page: the screen of the present address, and what may stand over it.
import { type ComponentType, lazy, Suspense, use, useEffect, useRef, useState, useTransition } from "react";
import { usePreloadedQuery } from "react-relay";
import type { OperationType } from "relay-runtime";
import { holds } from "../graph/holds.ts";
import { personChanged } from "../graph/person.ts";
import { useStore } from "../graph/store.ts";
import { keepFocus } from "../parts/focus.ts";
import { LoadingLine } from "../parts/Progress.tsx";
import { Toasts } from "../parts/Toasts.tsx";
import type { EntryQuery, ScreenModule, ScreenQuery } from "../router/route.ts";
import { committed, type Entry, listen } from "../router/router.ts";
import type { SearchShape } from "../router/search.ts";
import { Bare } from "./Bare.tsx";
import { withWords } from "../words/words.ts";
import { Banner } from "./Banner.tsx";
import { ErrorBoundary } from "./ErrorBoundary.tsx";
import { NotFound } from "./NotFound.tsx";
import { Shell } from "./Shell.tsx";

const SignInDialog = lazy(() => withWords(() => import("../access/SignInDialog.tsx")));
const PersonChangedDialog = lazy(() => withWords(() => import("./PersonChangedDialog.tsx")));

/** The console. */
export function App({ first }: { readonly first: Entry }) {
  const [entry, setEntry] = useState(first);
  const [loading, startTransition] = useTransition();
  useEffect(
    () =>
      listen((next) => {
        startTransition(() => {
          setEntry(next);
        });
      }),
    [],
  );
  useEffect(() => {
    committed(entry);
  }, [entry]);
  useFocus(entry);
  useEffect(keepFocus, []);
  const held = useStore(holds);
  const changed = useStore(personChanged);
  return (
    <>
      {loading && <LoadingLine />}
      <Banner />
      <Suspense fallback={<LoadingLine />}>
        <ErrorBoundary resetKey={entry} bare>
          <Shown entry={entry} />
        </ErrorBoundary>
      </Suspense>
      <Suspense>
        {held.has("signedOut") && !changed && <SignInDialog />}
        {changed && <PersonChangedDialog />}
      </Suspense>
      <Toasts />
    </>
  );
}

function Shown({ entry }: { readonly entry: Entry }) {
  if (entry.route === null) return <Bare><NotFound /></Bare>;
  if (entry.query === null) return <PublicScreen entry={entry} />;
  return <PersonScreen entry={entry} query={entry.query} />;
}

function PublicScreen({ entry: { module, params, search } }: { readonly entry: Entry }) {
  const { default: Screen } = use(module) as { default: ComponentType<Pick<Entry, "params" | "search">> };
  return <Bare><Screen params={params} search={search} /></Bare>;
}

type LoadedScreen = ScreenModule<string, SearchShape, OperationType>;

// React 19.3 fails if a component calls other hooks after `use` made it wait (its error 467). So this one calls none.
function PersonScreen({ entry, query }: { readonly entry: Entry; readonly query: EntryQuery }) {
  return <LoadedPersonScreen {...{ entry, query }} module={use(entry.module) as LoadedScreen} />;
}

interface LoadedProps {
  readonly entry: Entry;
  readonly query: EntryQuery;
  readonly module: LoadedScreen;
}

function LoadedPersonScreen({ entry, query, module: { default: Screen, query: document } }: LoadedProps) {
  // What a screen needs is checked where its route is made. Here all of them are treated alike.
  const data = usePreloadedQuery(document, query) as ScreenQuery["response"];
  const { params, search, pathname } = entry;
  return (
    <Shell query={data} teamId={params["team"]} pathname={pathname}>
      <ErrorBoundary resetKey={entry}>
        <Screen data={data} params={params} search={search as never} />
      </ErrorBoundary>
    </Shell>
  );
}

/** After a navigation to another screen, begin at its title; after Back, where the person was. */
function useFocus({ pathname, restored }: Entry) {
  const shown = useRef(pathname);
  useEffect(() => {
    if (shown.current === pathname) return;
    shown.current = pathname;
    document.querySelector<HTMLElement>("main h1")?.focus({ preventScroll: true });
    const { scroll } = (history.state ?? {}) as { readonly scroll?: number };
    scrollTo(0, restored ? (scroll ?? 0) : 0);
  }, [pathname, restored]);
}
