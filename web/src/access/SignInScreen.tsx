import type { Screen } from "../router/route.ts";
import { accessWords } from "../words/access.ts";
import { useWords } from "../words/words.ts";
import { returnAs } from "./enter.ts";
import { PublicPage } from "./PublicPage.tsx";
import type { signIn } from "./publicRoutes.ts";
import { SignInForm } from "./SignInForm.tsx";

/** The sign-in, as a page of its own. */
export default function SignInScreen({ search: { returnTo } }: Pick<Screen<typeof signIn>, "search">) {
  const t = useWords(accessWords);
  return (
    <PublicPage title={t.signIn}>
      <SignInForm
        returnTo={returnTo}
        onDone={(userId) => {
          returnAs(userId, returnTo);
        }}
      />
    </PublicPage>
  );
}
