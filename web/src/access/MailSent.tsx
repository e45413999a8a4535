import { linksWords } from "../words/links.ts";
import { useWords } from "../words/words.ts";
import { PublicPage } from "./PublicPage.tsx";
import { signIn } from "./publicRoutes.ts";

interface Props {
  readonly title: string;
  readonly email: string;
  readonly text: string;
}

/** Says that a mail was sent. It is the same whether the address has an account or not. */
export function MailSent({ title, email, text }: Props) {
  const t = useWords(linksWords);
  return (
    <PublicPage title={title}>
      <div role="status">
        <p>{t.mailSent(email)}</p>
        <p className="quiet">{text}</p>
      </div>
      <p>
        <a href={signIn.href({})}>{t.toSignIn}</a>
      </p>
    </PublicPage>
  );
}
