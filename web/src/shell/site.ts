// What the gateway says about itself in the page that it serves.
const data = document.getElementById("console")?.dataset ?? {};

interface SignIn {
  readonly role: string;
  readonly email: string;
  readonly password: string;
}

/** Whether the gateway shows GraphiQL, and takes other documents than those it trusts. */
export const hasExplorer = data["explorer"] !== undefined;

/** The sign-ins of the demo company, if the gateway has it. Everybody knows their passwords. */
export const demoSignIns = JSON.parse(data["signIns"] ?? "[]") as readonly SignIn[];
