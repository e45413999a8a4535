// Changes what the address says after the `?`, on the present screen.
import type { OperationType } from "relay-runtime";
import type { ParamsOf, Route } from "./route.ts";
import { isAt, navigate } from "./router.ts";
import type { SearchOf, SearchShape } from "./search.ts";

/** Changes some values of the address, and keeps the others. With `replace`, Back does not return to the old ones. */
export type ChangeSearch<S> = (values: Partial<SearchOf<S>>, options?: { readonly replace?: boolean }) => void;

/** Return a function that changes some values of the address of this screen. */
export function changeSearch<P extends string, S extends SearchShape, Q extends OperationType>(
  route: Route<P, S, Q>,
  params: ParamsOf<P>,
): ChangeSearch<S> {
  return (values, options) => {
    // What an answer closes, or a pause in typing sends, may come after the person went to another screen.
    if (!isAt(route, params)) return;
    // Read now: the address may have changed since the component was rendered.
    const present = route.read(new URLSearchParams(location.search));
    navigate(route.href(params, { ...present, ...values }), options);
  };
}
