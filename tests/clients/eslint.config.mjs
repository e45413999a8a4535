// The rules of Relay for schema.graphql, and what is excepted from them.
import plugin from "@graphql-eslint/eslint-plugin";

// A key is a rule and a place: a type, or a field of a type; `*` stands for any name. The value is the reason.
export const EXCEPTIONS = {
  "relay-edge-types *Connection.nodes": "The short form of `edges { node }`, for programs that need no cursors.",
  "relay-edge-types *Payload.*": "What one change did. Its input limits it, and nobody pages through it.",
  "relay-edge-types *.viewerCan": "One entry for each action on the object.",
  "relay-edge-types Ability.changes": "At most one for each value of an enum.",
  "relay-edge-types UserError.field": "A path into the input.",
  "relay-edge-types MemberChange.joinedGroupIds": "A row of the file names one group.",
  "relay-edge-types Team.pools": "One for each product that the vendor sells; a page shows all of them.",
  "relay-edge-types Team.defaultProducts": "Products of the catalogue; a page shows all of them.",
  "relay-edge-types Group.products": "Products of the catalogue; a page shows all of them.",
  "relay-edge-types Member.unassignedProducts": "Products of the catalogue; a page shows all of them.",
  "relay-edge-types Member.requestableProducts": "Products of the catalogue; a page shows all of them.",
  "relay-edge-types Member.waits": "At most one for each product of the catalogue.",
  "relay-edge-types Product.releases": "The few releases that can be installed.",
  "relay-edge-types Seat.sources": "The reasons for one seat: one direct, one by default, and the groups of one person.",
  "relay-edge-types PartnerToken.scopes": "At most one of each value of an enum.",
  "relay-edge-types AuditEvent.personal": "One for each person in one entry.",
  "relay-edge-types AuditEvent.deletedUserIds": "The people in one entry.",
  "relay-edge-types Contract.teams": "The few teams of one company that a contract serves.",
  "relay-edge-types Subscription.terms": "One for each renewal.",
  "relay-edge-types Subscription.seatChanges": "One for each amendment of the number of seats.",
  "relay-edge-types ScheduledChange.lostSeats": "The seats of one subscription that a reduction takes; a page shows all.",
  "relay-edge-types Order.lines": "One for each subscription that an order is about: one, or two for a move.",
  "relay-edge-types Invoice.payments": "The few payments of one invoice.",
  "relay-edge-types Invoice.creditNotes": "The few corrections of one invoice.",
  "relay-edge-types Company*Edge": "What the vendor's staff sees of a row. The row itself is the node.",
  "relay-edge-types CompanyEdge": "A company as the vendor's staff sees it. Its team is the node.",
  "relay-edge-types Team.spend": "One for each of 12 months and each currency.",
  "relay-edge-types Team.upcomingPayments": "What is due in 90 days; a page shows all of it.",
  "relay-edge-types Member.noticePreferences": "One for each value of an enum.",
  "relay-edge-types Query.signInProviders": "The providers that the operator has set up; a sign-in page shows all of them.",
  "relay-edge-types AuditEventEdge": "An entry of the log never changes, so no cache needs to find it by its id.",
  "relay-edge-types SessionEdge": "Only the person sees a session, in one list, so nobody looks one up by its id.",
  "relay-edge-types PasskeyEdge": "Only the person sees a passkey, in one list, so nobody looks one up by its id.",
  "relay-edge-types IdentityEdge": "Only the person sees an identity, in one list, so nobody looks one up by its id.",
  "relay-edge-types SeatPeriodEdge": "A row of a report about one past day, which no mutation changes.",
};

/** The configuration for a file with a schema. */
export const configuration = (schema) => ({
  files: ["**/*.graphql"],
  plugins: { "@graphql-eslint": plugin },
  languageOptions: { parser: plugin.parser, parserOptions: { graphQLConfig: { schema } } },
  rules: plugin.configs["flat/schema-relay"].rules,
});
