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

// The theme is kept in the browser. Everything else that GraphiQL would store lives until the page is closed: documents
// and headers can hold passwords and tokens.
const THEME = "graphiql:theme";
const browserStorage = (() => {
  try {
    return window.localStorage;
  } catch {
    return null; // the browser allows none
  }
})();
for (const key of Object.keys(browserStorage ?? {})) {
  // An older page of Usher has stored these.
  if (key.startsWith("graphiql:") && key !== THEME) browserStorage.removeItem(key);
}
const memory = new Map();
const storage = {
  getItem: (key) => (key === THEME ? browserStorage?.getItem(key) : memory.get(key)) ?? null,
  setItem: (key, value) => (key === THEME ? browserStorage?.setItem(key, value) : memory.set(key, value)),
  removeItem: (key) => (key === THEME ? browserStorage?.removeItem(key) : memory.delete(key)),
  clear: () => memory.clear(),
  get length() {
    return memory.size;
  },
};

const element = document.getElementById("graphiql");
// The sign-ins of the demo company, if the server has it. Everybody knows their passwords.
const demo = JSON.parse(element.dataset.signIns ?? "[]");

const signIn = ({ role, email, password }) => `# Sign in${role && ` as the ${role.replaceAll("_", " ")}`}: run this with the button above the answer, or with Ctrl-Enter.
# The session is kept in a cookie that no script can read. Then go on with the next tabs.
mutation SignIn${role && "As"}${role.replace(/(?:^|_)(.)/g, (_, letter) => letter.toUpperCase())} {
  signIn(input: { email: ${JSON.stringify(email)}, password: ${JSON.stringify(password)}, delivery: COOKIE }) {
    user { name }
    errors { code message }
  }
}
`;
const QUERIES = [
  `# The person who is signed in, and their teams.
query Me {
  viewer {
    name
    email
    memberships { nodes { role team { id name } } }
  }
}
`,
  `# The people of a team, and their seats. One SQL statement reads all of it.
query People {
  teams(first: 1) {
    nodes {
      id
      name
      viewerRole
      members(first: 10) {
        nodes {
          role
          user { id name seats { nodes { id product { name } usage { hours lastUsedAt } } } }
        }
      }
    }
  }
}
`,
  `# How many seats of each product a team has. A plain user may not see this.
query Pools {
  teams(first: 1) {
    nodes { id name pools { product { id name } total assigned available } }
  }
}
`,
];
const signIns = (demo.length ? demo : [{ role: "", email: "", password: "" }]).map(signIn);
// In the console's frame the person is signed in, and the console has chosen the theme.
const framed = parent !== window;
const defaultTabs = [...(framed ? [] : signIns), ...QUERIES].map((query) => ({ query }));

async function fetcher(operation, { headers } = {}) {
  const response = await fetch(location.pathname, {
    method: "POST",
    // Without this header the gateway refuses a request with a cookie, because another site could have sent it.
    headers: { "Content-Type": "application/json", "Usher-Require-Preflight": "1", ...headers },
    body: JSON.stringify(operation),
  });
  return response.json();
}

// The address may have a query, as that of a GET. It is shown alone; only the person can run it.
const asked = new URLSearchParams(location.search);
const linked = asked.get("query") && {
  initialQuery: asked.get("query"),
  initialVariables: asked.get("variables") ?? "",
};
const options = { fetcher, storage, defaultQuery: "", showPersistHeadersSettings: false, ...(linked || { defaultTabs }) };
const root = createRoot(element);
const show = () => {
  const theme = framed && { forcedTheme: browserStorage?.getItem("usher:theme") ?? "system" };
  root.render(createElement(GraphiQL, { ...options, ...theme }, createElement(GraphiQL.Logo, null, "Usher")));
};
// The console, which shares the storage, has another theme now.
if (framed) addEventListener("storage", show);
show();
