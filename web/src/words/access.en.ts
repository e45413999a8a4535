export const words = {
  email: "E-mail address",
  password: "Password",
  signIn: "Sign in",
  code: "Code of your authenticator app",
  codeHint: "Six digits. Or enter one of your recovery codes.",
  confirm: "Confirm",
  begin: "Begin again",
  demo: "Demo company: sign in as",
};
