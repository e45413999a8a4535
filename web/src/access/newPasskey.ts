// Makes a passkey with the browser: a dialog of the browser asks the person, and the device keeps the key.

/** Why there is no new passkey: the person or the browser stopped it, the device has one, or the address of the page. */
export type NoPasskey = "cancelled" | "known" | "address" | "failed";

const REASONS: Readonly<Record<string, NoPasskey>> = {
  NotAllowedError: "cancelled",
  AbortError: "cancelled",
  InvalidStateError: "known",
  SecurityError: "address",
};

/** Whether this browser can make passkeys for this page. Without HTTPS it cannot, except at localhost. */
export function knowsPasskeys(): boolean {
  return "PublicKeyCredential" in globalThis && "parseCreationOptionsFromJSON" in PublicKeyCredential;
}

/** Make a passkey with the options of `beginPasskey`. Resolves to the answer for `addPasskey`, or says why there is none. */
export async function newPasskey(options: unknown): Promise<{ readonly answer: unknown } | NoPasskey> {
  try {
    const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options as PublicKeyCredentialCreationOptionsJSON);
    const credential = await navigator.credentials.create({ publicKey });
    return credential instanceof PublicKeyCredential ? { answer: credential.toJSON() } : "failed";
  } catch (error) {
    const name = error instanceof DOMException ? error.name : "";
    return REASONS[name] ?? "failed";
  }
}
