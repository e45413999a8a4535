/** The paths of the pages that links open which carry a secret. Those of mails are also in the mails. */
export const LINKS = {
  invitation: "/invitations",
  verify: "/verify",
  reset: "/reset",
  confirmEmail: "/email",
  undoEmail: "/undo",
  secondStep: "/sign-in/second-step",
} as const;
