// The pages for people who are not signed in. Links in mails open most of them, so their paths stay.
import { publicRoute } from "../router/route.ts";
import { localAddress } from "../router/search.ts";
import { LINKS } from "./links.ts";

/** The sign-in. */
export const signIn = publicRoute({
  name: "signIn",
  path: "/sign-in",
  search: { returnTo: localAddress() },
  screen: () => import("./SignInScreen.tsx"),
});

/** The second step of a sign-in at a provider. */
export const secondStep = publicRoute({
  name: "secondStep",
  path: LINKS.secondStep,
  search: { returnTo: localAddress() },
  screen: () => import("./SecondStepScreen.tsx"),
});

/** A new account. */
export const signUp = publicRoute({ name: "signUp", path: "/sign-up", screen: () => import("./SignUpScreen.tsx") });

/** A link to set a new password. */
export const forgot = publicRoute({ name: "forgot", path: "/forgot", screen: () => import("./ForgotScreen.tsx") });

/** The link in an invitation. */
export const invitation = publicRoute({
  name: "invitation",
  path: LINKS.invitation,
  screen: () => import("./InvitationScreen.tsx"),
});

/** The link to verify the address of a new account. */
export const verify = publicRoute({
  name: "verify",
  path: LINKS.verify,
  screen: () => import("./VerifyScreen.tsx"),
});

/** The link to set a new password. */
export const reset = publicRoute({ name: "reset", path: LINKS.reset, screen: () => import("./ResetScreen.tsx") });

/** The link to confirm a new e-mail address. */
export const confirmEmail = publicRoute({
  name: "confirmEmail",
  path: LINKS.confirmEmail,
  screen: () => import("./ConfirmEmailScreen.tsx"),
});

/** The link to keep the old e-mail address. */
export const undoEmail = publicRoute({
  name: "undoEmail",
  path: LINKS.undoEmail,
  screen: () => import("./UndoEmailScreen.tsx"),
});

export const publicRoutes = [signIn, secondStep, signUp, forgot, invitation, verify, reset, confirmEmail, undoEmail];
