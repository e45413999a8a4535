// Light, dark, or as the device is. The choice is kept in this browser.
import { store } from "../graph/store.ts";

/** The theme that a person can choose. */
export type Theme = "system" | "light" | "dark";

const STORED = "usher:theme";

/** The chosen theme. */
export const theme = store<Theme>(first());

function first(): Theme {
  const chosen = localStorage.getItem(STORED);
  return chosen === "light" || chosen === "dark" ? chosen : "system";
}

/** Show the chosen theme. */
export function showTheme(): void {
  const chosen = theme.get();
  if (chosen === "system") delete document.documentElement.dataset["theme"];
  else document.documentElement.dataset["theme"] = chosen;
}

/** Choose a theme, and keep it. */
export function chooseTheme(chosen: Theme): void {
  localStorage.setItem(STORED, chosen);
  theme.set(chosen);
  showTheme();
}
