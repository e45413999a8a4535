// Sends mutations as people need it: a double click counts once, a repeat after a lost answer changes nothing twice, and
// no failure stays without a message.
import { useRef, useState } from "react";
import { commitMutation } from "react-relay";
import type { Environment, GraphQLTaggedNode, MutationParameters, PayloadError, UploadableMap } from "relay-runtime";
import { showFailure } from "../parts/toasts.ts";
import { dryRuns, environment } from "./environment.ts";
import { RequestFailed } from "./network.ts";
import { type Problem, stopping } from "./problems.ts";

interface Payload {
  readonly errors: readonly Problem[];
}

/** A mutation with one field, whose payload has `errors { ...problems_error @relay(mask: false) }`. */
export interface OneMutation extends MutationParameters {
  readonly variables: { readonly input: object };
  readonly response: Readonly<Record<string, Payload | null>>;
}

type InputOf<M extends OneMutation> = Omit<M["variables"]["input"], "idempotencyKey">;
type PayloadOf<M extends OneMutation> = NonNullable<M["response"][keyof M["response"]]>;

/** What a mutation needs beside its input. */
export interface SendOptions<M extends OneMutation> {
  /** What the page shows until the answer is there. It is taken back if the mutation fails. */
  readonly optimistic?: NonNullable<M["rawResponse"]>;
  /** Variables beside the input, such as `connections`. */
  readonly variables?: Omit<M["variables"], "input">;
  readonly files?: UploadableMap;
  /** Called in place of a message if the policy refuses the change. */
  readonly onForbidden?: () => void;
}

/** A mutation that a component can send. */
export interface Mutation<M extends OneMutation> {
  /**
   * Send it. Resolves to the payload, whose `errors` are also in `problems`; to null if there is none: it is running
   * already, or it failed as a whole, which a message has told the person.
   */
  readonly send: (input: InputOf<M>, options?: SendOptions<M>) => Promise<PayloadOf<M> | null>;
  readonly pending: boolean;
  /** The errors of the last answer that stopped something. A form shows each at its field. */
  readonly problems: readonly Problem[];
  readonly clear: () => void;
  /** Make the next `send` a new intent, also after a lost answer: another change has undone that one meanwhile. */
  readonly forget: () => void;
}

const NO_INTENT = { input: "", key: "" };

/** Return a mutation. One `idempotencyKey` stands for one intent: it is kept while no answer has come. */
export function useMutation<M extends OneMutation>(document: GraphQLTaggedNode, store = environment): Mutation<M> {
  const [pending, setPending] = useState(false);
  const [problems, setProblems] = useState<readonly Problem[]>([]);
  const running = useRef(false);
  const intent = useRef(NO_INTENT);

  const send = async (input: InputOf<M>, options: SendOptions<M> = {}): Promise<PayloadOf<M> | null> => {
    if (running.current) return null;
    running.current = true;
    setPending(true);
    setProblems([]);
    const text = JSON.stringify(input);
    if (intent.current.input !== text) intent.current = { input: text, key: newKey() };
    try {
      const payload = await commit<M>(store, document, { ...input, idempotencyKey: intent.current.key }, options);
      intent.current = NO_INTENT;
      setProblems(stopping(payload.errors));
      return payload;
    } catch (error) {
      const failure = error instanceof RequestFailed ? error : new RequestFailed("INTERNAL", null);
      // Without an answer nobody knows whether it happened. The key stays, and a repeat does it once at most.
      if (failure.code !== "UNREACHABLE") intent.current = NO_INTENT;
      if (failure.code === "FORBIDDEN" && options.onForbidden) options.onForbidden();
      else showFailure(failure);
      return null;
    } finally {
      running.current = false;
      setPending(false);
    }
  };
  return {
    send,
    pending,
    problems,
    clear: () => {
      setProblems([]);
    },
    forget: () => {
      intent.current = NO_INTENT;
    },
  };
}

/** Return a mutation that is sent with `dryRun: true`: what it answers changes nothing that the page shows. */
export function useDryRun<M extends OneMutation>(document: GraphQLTaggedNode): Mutation<M> {
  return useMutation<M>(document, dryRuns);
}

/** Send a mutation once. Raises RequestFailed. */
function commit<M extends OneMutation>(
  store: Environment,
  mutation: GraphQLTaggedNode,
  input: object,
  { optimistic, variables, files }: SendOptions<M>,
): Promise<PayloadOf<M>> {
  return new Promise((resolve, reject) => {
    commitMutation<M>(store, {
      mutation,
      variables: { ...variables, input },
      ...(optimistic && { optimisticResponse: optimistic as never }),
      ...(files && { uploadables: files }),
      onCompleted: (response, errors) => {
        const [payload] = Object.values(response);
        if (payload) resolve(payload as PayloadOf<M>);
        else reject(new RequestFailed(codeOf(errors), null));
      },
      onError: reject,
    });
  });
}

function codeOf(errors: readonly PayloadError[] | null | undefined): string {
  // Relay passes on what the answer has, but its type leaves out the extensions.
  const [error] = (errors ?? []) as readonly { readonly extensions?: { readonly code?: string } }[];
  return error?.extensions?.code ?? "INTERNAL";
}

/** Return a new key. `crypto.randomUUID` does not exist on pages that are served by plain HTTP. */
function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
