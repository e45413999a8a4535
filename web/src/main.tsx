// The start of the console.
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { RelayEnvironmentProvider } from "react-relay";
import "./access/linkToken.ts";
import { environment } from "./graph/environment.ts";
import { start } from "./router/router.ts";
import { routes } from "./routes.ts";
import { App } from "./shell/App.tsx";
import { keepPrivate } from "./shell/privacy.ts";
import { showTheme } from "./shell/theme.ts";
import "./styles/base.css";
import { language, loadWords } from "./words/words.ts";

showTheme();
loadStylesAgain();
keepPrivate();
const first = start(routes); // its data is on the way while the texts are loaded
await loadWords();
document.documentElement.lang = language.get();
const element = document.getElementById("console");
if (element) {
  createRoot(element).render(
    <StrictMode>
      <RelayEnvironmentProvider environment={environment}>
        <App first={first} />
      </RelayEnvironmentProvider>
    </StrictMode>,
  );
}

/** Vite asks for a style sheet once. One that could not be loaded offline is loaded when the connection is back. */
function loadStylesAgain() {
  const failed = ({ target }: Event) => {
    if (!(target instanceof HTMLLinkElement) || navigator.onLine) return;
    addEventListener("online", () => { target.replaceWith(target.cloneNode()); }, { once: true });
  };
  addEventListener("error", failed, true);
}
