import { signedIn } from "../graph/person.ts";
import { navigate } from "../router/router.ts";

/** Go on to a screen as the person who has just signed in. Back does not lead to the page of the link again. */
export function enter(userId: string, href = "/"): void {
  signedIn(userId);
  navigate(href, { replace: true });
}

/** Return to an address of this site, which may be none of the console. */
export function returnAs(userId: string, address: string): void {
  signedIn(userId);
  location.replace(address);
}
