import { type ReactNode, useId } from "react";
import { useStore } from "../graph/store.ts";
import { Title } from "../parts/Title.tsx";
import icon from "../shell/icon.svg";
import { shellWords } from "../words/shell.ts";
import { chooseLanguage, chosenLanguage, LANGUAGES, useWords } from "../words/words.ts";
import "./PublicPage.css";

/** A page for people who are not signed in: what it is about, and the language. */
export function PublicPage({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  const t = useWords(shellWords);
  const id = useId();
  const chosen = useStore(chosenLanguage);
  return (
    <div className="public-page">
      <p className="brand">
        <img src={icon} alt="" />
        Usher
      </p>
      <div className="public-card">
        <Title>{title}</Title>
        {children}
      </div>
      <div className="public-language">
        <label htmlFor={id}>{t.language}</label>
        <select
          id={id}
          className="input"
          value={chosen}
          onChange={({ target }) => {
            const found = LANGUAGES.find((one) => one.id === target.value);
            if (found) void chooseLanguage(found.id);
          }}
        >
          {LANGUAGES.map((one) => (
            <option key={one.id} value={one.id} lang={one.id}>
              {one.text}
            </option>
          ))}
        </select>
      </div>
    </div>
  );
}
