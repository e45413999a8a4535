// The languages of the console. English is the source and comes with each area's code; German is loaded when somebody
// reads German. A dictionary is a plain object of texts, and of functions for texts with values.
import { hold } from "../graph/holds.ts";
import { store, useStore } from "../graph/store.ts";

/** A language of the console. */
export type Language = "en" | "de";

/** The languages, each by its own name. */
export const LANGUAGES = [
  { id: "en", text: "English" },
  { id: "de", text: "Deutsch" },
] as const;

/** The type of a translation: the same names, and the same parameters. */
export type Like<T> = T extends string
  ? string
  : T extends (...values: infer V) => string
    ? (...values: V) => string
    : { readonly [K in keyof T]: Like<T[K]> };

/** The texts of an area in all languages. */
export interface Dictionary<T> {
  readonly en: T;
  readonly german: () => Promise<Like<T>>;
  readonly loaded: () => Like<T> | null;
}

const STORED = "usher:language";
const dictionaries: Dictionary<unknown>[] = [];

/** The language that the person reads. */
export const language = store<Language>(first());

/** The language that the person has chosen last. Its texts may still be on their way. */
export const chosenLanguage = store<Language>(language.get());

function first(): Language {
  const chosen = localStorage.getItem(STORED) ?? navigator.language.slice(0, 2);
  return chosen === "de" ? "de" : "en";
}

/** Make the dictionary of an area. */
export function dictionary<T>(en: T, load: () => Promise<{ readonly words: Like<T> }>): Dictionary<T> {
  let promise: Promise<Like<T>> | null = null;
  let loaded: Like<T> | null = null;
  const made: Dictionary<T> = {
    en,
    german: () =>
      (promise ??= load().then(
        ({ words }) => (loaded = words),
        (error: unknown) => {
          promise = null; // the next try may succeed
          throw error;
        },
      )),
    loaded: () => loaded,
  };
  dictionaries.push(made);
  return made;
}

/** Return the texts of an area in the person's language. */
export function useWords<T>(of: Dictionary<T>): Like<T> {
  return wordsNow(of, useStore(language));
}

/** Return the texts of an area in the person's language now. A component calls `useWords`, which follows a change. */
export function wordsNow<T>(of: Dictionary<T>, chosen: Language = language.get()): Like<T> {
  return (chosen === "de" ? of.loaded() : null) ?? (of.en as Like<T>);
}

/** Load the texts in the person's language that are in use already. */
export async function loadWords(chosen: Language = language.get()): Promise<void> {
  if (chosen === "de") await Promise.all(dictionaries.map((one) => one.german()));
}

/** Load something. Offline, it waits as a request does. */
async function whenOnline<T>(load: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await load();
    } catch (error) {
      if (navigator.onLine) throw error;
      await hold("unreachable");
    }
  }
}

/** Load code together with the texts that it uses. Offline, it waits. */
export function withWords<M>(code: () => Promise<M>): Promise<M> {
  return whenOnline(async () => {
    const module = await code(); // it has made its dictionaries
    await loadWords();
    return module;
  });
}

/** Change the language once its texts are there, and keep it in this browser. */
export async function chooseLanguage(chosen: Language): Promise<void> {
  chosenLanguage.set(chosen);
  try {
    await whenOnline(() => loadWords(chosen));
  } catch (error) {
    chosenLanguage.set(language.get());
    throw error;
  }
  if (chosenLanguage.get() !== chosen) return; // another one was chosen meanwhile
  localStorage.setItem(STORED, chosen);
  language.set(chosen);
  document.documentElement.lang = chosen;
}

/** Return a function that chooses the form of a text by a number, as the language wants it. */
export function pluralIn(of: Language): (count: number, forms: { one: string; other: string }) => string {
  const rules = new Intl.PluralRules(of);
  return (count, forms) => (rules.select(count) === "one" ? forms.one : forms.other);
}

/** Return a function that writes a number as the language does. */
export function numberIn(of: Language): (value: number) => string {
  const format = new Intl.NumberFormat(of);
  return (value) => format.format(value);
}

/** The text of an error, or a function if it tells a number. */
export type ErrorText =
  | string
  | ((values: { readonly retryAfter: number | null; readonly count: number | null }) => string);
