// A real OpenID provider. Prints its address, and runs until its standard input ends.
// Nobody has to fill in a form: the header `x-person` of the request for the sign-in page (JSON: sub and claims, amr,
// acr, or cancels) says who signs in. `POST /rotate` replaces the key that signs.
// Usage: node provider.mjs CLIENT_ID CLIENT_SECRET CALLBACK
import { generateKeyPairSync, randomUUID } from "node:crypto";
import { createServer } from "node:http";
import { Provider } from "oidc-provider";

const [client_id, client_secret, callback] = process.argv.slice(2);
const people = new Map();
let issuer, provider, handle;

function start() {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const key = { ...privateKey.export({ format: "jwk" }), kid: randomUUID(), use: "sig", alg: "ES256" };
  const client = {
    client_id,
    client_secret,
    redirect_uris: [callback],
    id_token_signed_response_alg: "ES256",
  };
  provider = new Provider(issuer, {
    clients: [client],
    jwks: { keys: [key] },
    cookies: { keys: ["cookies of a test"] },
    claims: {
      openid: ["sub", "amr", "acr"],
      email: ["email", "email_verified"],
      profile: ["name", "given_name", "family_name"],
    },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_, interaction) => `/people/${interaction.uid}` },
    findAccount: (_, accountId) => ({ accountId, claims: () => people.get(accountId) }),
    async loadExistingGrant(ctx) {
      const grant = new ctx.oidc.provider.Grant({ clientId: client_id, accountId: ctx.oidc.session.accountId });
      grant.addOIDCScope("openid email profile");
      await grant.save();
      return grant;
    },
    pkce: { required: () => true },
    ttl: { Session: 3600, Grant: 3600, Interaction: 600, AccessToken: 600, AuthorizationCode: 60, IdToken: 600 },
  });
  handle = provider.callback();
}

async function signIn(request, response) {
  const { amr, acr, cancels, ...person } = JSON.parse(request.headers["x-person"]);
  people.set(person.sub, person);
  const result = cancels ? { error: "access_denied" } : { login: { accountId: person.sub, amr, acr } };
  await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
}

const server = createServer((request, response) => {
  if (request.url.startsWith("/people/")) return signIn(request, response);
  if (request.url !== "/rotate") return handle(request, response);
  start();
  response.end();
});
server.listen(0, "127.0.0.1", () => {
  issuer = `http://127.0.0.1:${server.address().port}`;
  start();
  console.log(issuer);
});
process.stdin.on("end", () => process.exit()).resume();
