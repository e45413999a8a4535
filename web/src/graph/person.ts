// Who is signed in, as far as this tab knows. The cookie belongs to the whole browser, so another tab may change the
// person at any time. Each answer names the viewer, and the tabs tell each other about sign-ins.
import { hold, release } from "./holds.ts";
import { store } from "./store.ts";

const channel = new BroadcastChannel("usher-person");
let known: string | null = null;

/** Whether somebody else is signed in than the person that this page was made for. */
export const personChanged = store(false);

/** Whether the person has signed out in another tab. A session that has ended by itself is no reason to hide a page. */
export const personLeft = store(false);

/** Return the id of the person that this page was made for; null while no answer has named one. */
export function viewerId(): string | null {
  return known;
}

/** Note the viewer of an answer. */
export function seen(viewerId: string): void {
  if (known === null) {
    known = viewerId;
    channel.postMessage(viewerId); // the sign-in at a provider has no other way to tell the tabs that wait for it
  } else if (known !== viewerId) {
    personChanged.set(true);
  }
}

/** Note that a person has signed in here, and tell the other tabs. The requests that waited for it go on. */
export function signedIn(userId: string): void {
  channel.postMessage(userId);
  arrived(userId);
}

/** Tell the other tabs that the person has signed out. */
export function signedOut(): void {
  channel.postMessage(null);
}

function arrived(userId: string): void {
  // A request that waits was made by the person before, and is never sent as somebody else.
  if (known !== null && known !== userId) personChanged.set(true);
  else {
    personLeft.set(false);
    release("signedOut");
  }
}

channel.addEventListener("message", ({ data }: MessageEvent<string | null>) => {
  if (data !== null) {
    arrived(data);
  } else if (known !== null) {
    personLeft.set(true);
    void hold("signedOut");
  }
});
