// How requests reach Usher: by the hash of the document, with the cookie of the session.
import type { GraphQLResponse, RequestParameters, UploadableMap, Variables } from "relay-runtime";
import { hold } from "./holds.ts";
import { personChanged, seen, viewerId } from "./person.ts";

const ADDRESS = "/graphql";
const LONGEST = 30_000;
const PAUSE = 500;
// The gateway is restarted, too busy, or its database is away. The same request may succeed in a moment.
const AWAY = new Set([502, 503, 504]);

/** The metadata of a request that needs nobody to be signed in. */
export const WITHOUT_PERSON = { withoutPerson: true };

/** A request that failed as a whole. `code` is Usher's code, or UNREACHABLE if Usher did not answer. */
export class RequestFailed extends Error {
  readonly code: string;
  readonly requestId: string | null;

  constructor(code: string, requestId: string | null) {
    super(`${code}${requestId === null ? "" : ` (${requestId})`}`);
    this.name = "RequestFailed";
    this.code = code;
    this.requestId = requestId;
  }
}

interface GraphError {
  readonly message: string;
  readonly extensions?: { readonly code?: string };
}

interface Body {
  readonly data?: ({ readonly viewer?: { readonly id?: string } | null } & Record<string, unknown>) | null;
  readonly errors?: readonly GraphError[];
}

type Answer =
  | { readonly kind: "answer"; readonly body: Body; readonly requestId: string | null }
  | { readonly kind: "signedOut" }
  | { readonly kind: "personChanged" }
  | { readonly kind: "unreachable" };

/** Send an operation. A query waits if Usher is away or nobody is signed in; a mutation waits for the sign-in only. */
export async function send(
  operation: RequestParameters,
  variables: Variables,
  files: UploadableMap | null = null,
  withoutPerson = false,
): Promise<GraphQLResponse> {
  for (let failures = 0, ended = false; ; ) {
    const answer = await ask(operation, variables, files);
    if (answer.kind === "answer") return taken(answer.body, answer.requestId);
    if (answer.kind === "personChanged") return never();
    if (answer.kind === "signedOut") {
      // The answer has removed the cookie of a session that has ended, so the next try is that of nobody.
      if (withoutPerson && ended) throw new RequestFailed("INTERNAL", null);
      if (withoutPerson) ended = true;
      else await hold("signedOut");
    } else if (operation.operationKind === "mutation") {
      throw new RequestFailed("UNREACHABLE", null);
    } else if (failures++ === 0) {
      await new Promise((go) => setTimeout(go, PAUSE));
    } else {
      await hold("unreachable");
      failures = 0;
    }
  }
}

async function ask(operation: RequestParameters, variables: Variables, files: UploadableMap | null): Promise<Answer> {
  let response: Response;
  let body: Body;
  try {
    response = await fetch(ADDRESS, { method: "POST", ...(await request(operation, variables, files)) });
    if (AWAY.has(response.status)) return { kind: "unreachable" };
    body = (await response.json()) as Body;
  } catch {
    return { kind: "unreachable" }; // no connection, too late, or the answer of something else than Usher
  }
  const codes = (body.errors ?? []).map((error) => error.extensions?.code);
  if (response.status === 401 || codes.includes("UNAUTHENTICATED")) return { kind: "signedOut" };
  if (codes.includes("PERSON_DIFFERS")) return { kind: "personChanged" };
  if (codes.includes("UNAVAILABLE")) return { kind: "unreachable" };
  return { kind: "answer", body, requestId: response.headers.get("x-request-id") };
}

async function request(
  operation: RequestParameters,
  variables: Variables,
  files: UploadableMap | null,
): Promise<RequestInit> {
  const content = JSON.stringify({ ...(await document(operation)), variables });
  const person = viewerId();
  const headers = {
    accept: "application/graphql-response+json, application/json",
    "Usher-Require-Preflight": "1",
    ...(person !== null && { "Usher-Person": person }), // Usher runs it as this person only
  };
  const signal = AbortSignal.timeout(LONGEST);
  if (!files) return { headers: { ...headers, "content-type": "application/json" }, body: content, signal };
  const form = new FormData();
  form.append("operations", content);
  form.append("map", JSON.stringify(Object.fromEntries(Object.keys(files).map((path) => [path, [path]]))));
  for (const [path, file] of Object.entries(files)) form.append(path, file);
  return { headers, body: form, signal };
}

async function document({ id, text }: RequestParameters): Promise<Record<string, string>> {
  if (id === null) return { query: text ?? "" };
  if (!import.meta.env.DEV) return { documentId: id };
  // While somebody works on the console, Usher may not know a document yet: it gets the text too.
  const { default: documents } = (await import("../../documents.json")) as { default: Record<string, string> };
  return { documentId: id, query: documents[id] ?? "" };
}

/** Leave a request of the person before without an answer: the page can only be loaded again. */
function never(): Promise<never> {
  personChanged.set(true);
  return new Promise(() => undefined);
}

function taken(body: Body, requestId: string | null): GraphQLResponse {
  const viewerId = body.data?.viewer?.id;
  if (viewerId !== undefined) seen(viewerId);
  if (!body.data) throw new RequestFailed(body.errors?.[0]?.extensions?.code ?? "INTERNAL", requestId);
  return body as GraphQLResponse;
}
