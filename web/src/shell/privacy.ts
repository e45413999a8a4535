// What a person saw is gone for whoever sits there after them: when they have signed out in another tab, when somebody
// else has signed in, and when Back would show a page as the browser has kept it.
import { personChanged, personLeft } from "../graph/person.ts";
import { toasts } from "../parts/toasts.ts";
import "./privacy.css";

/** Hide the page from everybody but the person for whom it was made. */
export function keepPrivate(): void {
  personLeft.subscribe(conceal);
  personChanged.subscribe(conceal);
  // A page that is left is hidden already, so that nothing of it is painted before it is loaded again.
  addEventListener("pagehide", ({ persisted }) => {
    if (persisted) document.body.hidden = true;
  });
  addEventListener("pageshow", ({ persisted }) => {
    if (persisted) location.reload();
  });
}

// Not in a component: the page has to be visible again before the dialog gives the focus back to it.
function conceal(): void {
  const concealed = personLeft.get() || personChanged.get();
  document.documentElement.toggleAttribute("data-concealed", concealed);
  if (concealed) toasts.set([]);
}
