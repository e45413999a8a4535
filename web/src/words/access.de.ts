import type { words as english } from "./access.en.ts";
import type { Like } from "./words.ts";

export const words = {
  email: "E-Mail-Adresse",
  password: "Passwort",
  signIn: "Anmelden",
  code: "Code Ihrer Authenticator-App",
  codeHint: "Sechs Ziffern. Oder geben Sie einen Ihrer Wiederherstellungscodes ein.",
  confirm: "Bestätigen",
  begin: "Neu anfangen",
  demo: "Beispielfirma: anmelden als",
} satisfies Like<typeof english>;
