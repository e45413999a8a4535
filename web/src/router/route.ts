// A route: the address of a screen, what it reads from the address, and what it loads.
import type { ComponentType } from "react";
import type { PreloadedQuery } from "react-relay";
import type { GraphQLTaggedNode, OperationType, PreloadableConcreteRequest } from "relay-runtime";
import type { Shell_query$key } from "../shell/__generated__/Shell_query.graphql";
import { readSearch, type SearchOf, type SearchShape, writeSearch } from "./search.ts";

// The names of the parts of a path that vary.
type Names<P extends string> = P extends `${string}:${infer Name}/${infer Rest}`
  ? Name | Names<Rest>
  : P extends `${string}:${infer Name}`
    ? Name
    : never;

/** The parts of an address that vary, by their names: for `/teams/:team` it is `team`. */
export type ParamsOf<P extends string> = Readonly<Record<Names<P>, string>>;

/** The query of a screen within the shell: it also reads what the shell shows, so that one request loads all. */
export type ScreenQuery = OperationType & { readonly response: Shell_query$key };

/** What a screen gets. */
export interface ScreenProps<P extends string, S extends SearchShape, Q extends OperationType> {
  readonly data: Q["response"];
  readonly params: ParamsOf<P>;
  readonly search: SearchOf<S>;
}

/**
 * The module of a screen within the shell: the component, and its query. Routes do not check it, because the type of
 * the component is made from its route.
 */
export interface ScreenModule<P extends string, S extends SearchShape, Q extends OperationType> {
  readonly default: ComponentType<ScreenProps<P, S, Q>>;
  readonly query: GraphQLTaggedNode;
}

// A screen that keeps nothing in the address.
type NoSearch = Readonly<Record<string, never>>;

interface Described<P extends string, S extends SearchShape> {
  /** The name of the screen, unique in the console. */
  readonly name: string;
  readonly path: P;
  readonly search?: S;
}

interface Loaded<P extends string, S extends SearchShape, Q extends ScreenQuery> extends Described<P, S> {
  /** The parameters that the Relay compiler writes for a query with `@preloadable`. */
  readonly query: PreloadableConcreteRequest<Q>;
  readonly variables: (params: ParamsOf<P>, search: SearchOf<S>) => Q["variables"];
  readonly screen: () => Promise<unknown>;
}

interface Bare<P extends string, S extends SearchShape> extends Described<P, S> {
  readonly screen: () => Promise<unknown>;
}

/** A route, with what the router needs of it. */
export interface Route<
  P extends string = string,
  S extends SearchShape = SearchShape,
  Q extends OperationType = OperationType,
> {
  readonly name: string;
  readonly path: P;
  /** `person`: within the shell, for people who are signed in. `public`: for everybody, without the shell. */
  readonly access: "person" | "public";
  readonly query: PreloadableConcreteRequest<Q> | null;
  readonly variables: (params: ParamsOf<P>, search: SearchOf<S>) => Q["variables"];
  readonly screen: () => Promise<unknown>;
  /** The values in an address. */
  readonly read: (parameters: URLSearchParams) => SearchOf<S>;
  /** An address of this screen. What `search` does not name has its default. */
  readonly href: (params: ParamsOf<P>, search?: Partial<SearchOf<S>>) => string;
}

/** The props of the screen of a route: `Screen<typeof byUser>`. */
export type Screen<R> = R extends Route<infer P, infer S, infer Q> ? ScreenProps<P, S, Q> : never;

function described<P extends string, S extends SearchShape>({ path, search }: Described<P, S>) {
  const shape = search ?? ({} as S);
  return {
    read: (parameters: URLSearchParams) => readSearch(shape, parameters),
    href: (params: ParamsOf<P>, values: Partial<SearchOf<S>> = {}) => {
      const named: Readonly<Record<string, string>> = params;
      const filled = path.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(named[name] ?? ""));
      return filled + writeSearch(shape, values);
    },
  };
}

/** A screen within the shell. */
export function route<P extends string, Q extends ScreenQuery, S extends SearchShape = NoSearch>(
  of: Loaded<P, S, Q>,
): Route<P, S, Q> {
  return { ...of, ...described(of), access: "person" };
}

/** A page without the shell, for everybody, such as those that links in mails open. */
export function publicRoute<P extends string, S extends SearchShape = NoSearch>(
  of: Bare<P, S>,
): Route<P, S, never> {
  return { ...of, ...described(of), access: "public", query: null, variables: () => ({}) as never };
}

/** Any route. What it loads is known only to itself. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- a list of routes of different types
export type AnyRoute = Route<any, any, any>;

/** The query of an entry, which Relay has begun to load. */
export type EntryQuery = PreloadedQuery<OperationType>;

/** Return the values of the variable parts of a path, or null if it is another path. */
export function match(path: string, pathname: string): Record<string, string> | null {
  const wanted = path.split("/");
  const given = pathname.split("/");
  if (wanted.length !== given.length) return null;
  const params: Record<string, string> = {};
  for (const [index, part] of wanted.entries()) {
    const value = given[index] ?? "";
    if (!part.startsWith(":")) {
      if (part !== value) return null;
    } else {
      try {
        params[part.slice(1)] = decodeURIComponent(value);
      } catch {
        return null; // a broken escape, such as %E0%A4%A
      }
    }
  }
  return params;
}
