// Passkeys: what the browser answers when a person signs in with one.
import { fetchQuery, graphql } from "react-relay";
import { environment } from "../graph/environment.ts";
import { RequestFailed, WITHOUT_PERSON } from "../graph/network.ts";
import { showFailure } from "../parts/toasts.ts";
import type { passkeysOptionsQuery } from "./__generated__/passkeysOptionsQuery.graphql";

// Passkeys belong to a domain. At a plain IP address, such as 127.0.0.1, no browser has any.
const isDomain = !/^[\d.]+$|^\[/.test(location.hostname);

/** Whether this browser can use passkeys as Usher asks for them. */
export const hasPasskeys =
  isDomain && "PublicKeyCredential" in globalThis && "parseRequestOptionsFromJSON" in PublicKeyCredential;

/** What came of asking for a passkey: the answer of the browser, or why there is none. */
export type PasskeyAnswer =
  | { readonly kind: "answer"; readonly answer: unknown }
  | { readonly kind: "none" | "cancelled" | "failed" };

/** Ask the person for a passkey: any of this site, or, with the challenge of a sign-in, one of its account. */
export async function askForPasskey(challenge: string | null): Promise<PasskeyAnswer> {
  let options: PublicKeyCredentialRequestOptionsJSON;
  try {
    const answer = await fetchQuery<passkeysOptionsQuery>(
      environment,
      graphql`
        query passkeysOptionsQuery($challenge: String) {
          passkeyOptions(challenge: $challenge)
        }
      `,
      { challenge },
      { networkCacheConfig: { force: true, metadata: WITHOUT_PERSON } },
    ).toPromise();
    options = answer?.passkeyOptions as PublicKeyCredentialRequestOptionsJSON;
  } catch (error) {
    showFailure(error instanceof RequestFailed ? error : new RequestFailed("INTERNAL", null));
    return { kind: "failed" };
  }
  if (challenge !== null && !options.allowCredentials?.length) return { kind: "none" };
  try {
    const used = await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) });
    return used instanceof PublicKeyCredential ? { kind: "answer", answer: used.toJSON() } : { kind: "cancelled" };
  } catch {
    return { kind: "cancelled" }; // the person closed the window of the browser, or the device has none
  }
}
