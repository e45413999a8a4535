// None of these is shown. A word is found by its beginning or middle, so the longest form is enough.
export const words = {
  products: "my own seats software apps releases request",
  people: "members persons employees coworkers roles",
  byProduct: "pools seats holders waiting list waits free available assign",
  byGroup: "groups default products teams departments",
  requests: "asked grant deny approve",
  invite: "add new members invitations csv file import upload",
  billing: "contracts subscriptions invoices orders",
  reporting: "usage hours sessions statistics",
  team: "name language rules security separation of duties",
  tokens: "partner api secrets keys scopes",
  audit: "logs history changes events who did what",
  history: "seats past periods day",
  profile: "my name language email address password delete",
  security: "two-factor 2fa mfa authenticator app passkeys recovery codes sign-in",
  sessions: "devices browsers signed in sign out",
  explorer: "graphiql graphql queries api",
};
