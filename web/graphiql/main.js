// The page of GraphiQL. It talks to the gateway that served it, and to nothing else.
import "@graphiql/react/style.css";
import "@graphiql/plugin-doc-explorer/style.css";
import "@graphiql/plugin-history/style.css";
import "graphiql/graphiql.css";
import "./page.css";
// GraphiQL loads the editor with `import()`. Imported here too, its style sheet becomes part of the page's.
import "monaco-graphql/esm/monaco-editor.js";
import "monaco-graphql/esm/lite.js";
import { GraphiQL } from "graphiql";
import { createElement } from "react";
import { createRoot } from "react-dom/client";

// The build replaces WORKERS: the file of each worker of the editor, by its label.
globalThis.MonacoEnvironment = {
  getWorker: (_id, label) => new Worker(new URL(WORKERS[label] ?? WORKERS.editor, import.meta.url)),
};

const WELCOME = `# Sign in first. The session is kept in a cookie that no script can read.
mutation SignIn {
  signIn(input: { email: "", password: "", delivery: COOKIE }) {
    user { name }
    errors { message }
  }
}

# Then choose this operation with the button that runs queries.
query Teams {
  teams(first: 10) {
    nodes { id name viewerRole }
  }
}
`;

async function fetcher(operation, { headers } = {}) {
  const response = await fetch(location.pathname, {
    method: "POST",
    // Without this header the gateway refuses a request with a cookie, because another site could have sent it.
    headers: { "Content-Type": "application/json", "Usher-Require-Preflight": "1", ...headers },
    body: JSON.stringify(operation),
  });
  return response.json();
}

// The address may have a query, as that of a GET. It is shown; only the person can run it.
const asked = new URLSearchParams(location.search);
const linked = asked.get("query") && {
  initialQuery: asked.get("query"),
  initialVariables: asked.get("variables") ?? "",
};
const page = createElement(GraphiQL, { fetcher, defaultQuery: WELCOME, ...linked });
createRoot(document.getElementById("graphiql")).render(page);
