import { useStore } from "../graph/store.ts";
import type { Screen } from "../router/route.ts";
import { navigate } from "../router/router.ts";
import { accessWords } from "../words/access.ts";
import { linksWords } from "../words/links.ts";
import { useWords } from "../words/words.ts";
import { returnAs } from "./enter.ts";
import { linkToken } from "./linkToken.ts";
import { Incomplete } from "./PasswordLink.tsx";
import { PublicPage } from "./PublicPage.tsx";
import { type secondStep, signIn } from "./publicRoutes.ts";
import { SecondStepForm } from "./SecondStepForm.tsx";

/** The second step of a sign-in at a provider, which does not say what the account can do. */
export default function SecondStepScreen({ search: { returnTo } }: Pick<Screen<typeof secondStep>, "search">) {
  const t = useWords(accessWords);
  const more = useWords(linksWords);
  const challenge = useStore(linkToken);
  if (challenge === "") return <Incomplete title={t.signIn} />;
  return (
    <PublicPage title={t.signIn}>
      <p className="quiet">{more.secondStep}</p>
      <SecondStepForm
        step={{ challenge, factors: null }}
        onDone={(userId) => {
          returnAs(userId, returnTo);
        }}
        onAgain={() => {
          navigate(signIn.href({}, { returnTo }), { replace: true });
        }}
      />
    </PublicPage>
  );
}
