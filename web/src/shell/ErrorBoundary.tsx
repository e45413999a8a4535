// Shows in the place of a screen that failed what is known about it, and how to go on.
import { Component, type ReactNode } from "react";
import { RequestFailed } from "../graph/network.ts";
import { Button } from "../parts/Button.tsx";
import { Title } from "../parts/Title.tsx";
import { reload } from "../router/router.ts";
import { useErrorTexts } from "../words/errors.ts";
import { shellWords } from "../words/shell.ts";
import { useWords } from "../words/words.ts";
import { Bare } from "./Bare.tsx";
import { NotFound } from "./NotFound.tsx";

interface Props {
  /** With another key the children are tried again. */
  readonly resetKey: unknown;
  /** Whether the failed page has no shell around it. */
  readonly bare?: boolean;
  readonly children: ReactNode;
}

interface State {
  readonly resetKey: unknown;
  readonly error: unknown;
}

/** The boundary around a screen. */
export class ErrorBoundary extends Component<Props, State> {
  override state: State = { resetKey: this.props.resetKey, error: null };

  static getDerivedStateFromError(error: unknown): Partial<State> {
    return { error };
  }

  static getDerivedStateFromProps({ resetKey }: Props, state: State): State | null {
    return resetKey === state.resetKey ? null : { resetKey, error: null };
  }

  override render() {
    const { error } = this.state;
    if (error === null) return this.props.children;
    return this.props.bare ? <Bare><Failed error={error} /></Bare> : <Failed error={error} />;
  }
}

function Failed({ error }: { readonly error: unknown }) {
  const t = useWords(shellWords);
  const texts = useErrorTexts();
  const failure = error instanceof RequestFailed ? error : null;
  if (failure?.code === "NOT_FOUND") return <NotFound />;
  // A version of the console whose files the gateway does not have any more, because it was updated.
  const outdated = failure?.code === "PERSISTED_QUERY_NOT_FOUND" || failure?.code === "UNTRUSTED_DOCUMENT" || isMissingCode(error);
  return (
    <>
      <Title>{t.failed}</Title>
      <div role="alert">
        <p>{texts.failure(isMissingCode(error) ? "PERSISTED_QUERY_NOT_FOUND" : (failure?.code ?? "INTERNAL"))}</p>
        {failure?.requestId !== null && failure !== null && (
          <p className="quiet">
            {t.requestId} <code>{failure.requestId}</code>
          </p>
        )}
      </div>
      <p>
        <Button
          look="main"
          onClick={() => {
            if (outdated) location.reload();
            else reload();
          }}
        >
          {outdated ? t.loadAgain : t.tryAgain}
        </Button>
      </p>
    </>
  );
}

function isMissingCode(error: unknown): boolean {
  return error instanceof TypeError && /import|module/i.test(error.message);
}
