const stages: Readonly<Record<string, string>> = { ended: "it has ended", last_chance: "last chance" };

export const words = {
  notices: "Notices",
  choose: "These mails went to the contract managers. You choose which of them you get, and how:",
  toPreferences: "Your notices",
  none: "There are no notices yet",
  noneHint: "Contract managers get mails about orders, renewals and payments. Each of them is listed here.",
  what: "What",
  kinds: {
    ORDER_CONFIRMATION: "Order confirmed",
    RENEWAL: "Renews itself soon",
    AUTO_RENEW_CHANGED: "Automatic renewal changed",
    EXPIRY: "Subscription ends",
    PAYMENT_OVERDUE: "Payment overdue",
    ANNOUNCEMENT: "Announcement of the vendor",
  },
  stage: (stage: string) => stages[stage] ?? `${stage} days before`,
  about: "About",
  subjects: { order: "Order", subscription: "Subscription", invoice: "Invoice" },
  to: "To",
  somebody: "Somebody you cannot see",
  when: "When",
  how: "How",
  deliveries: { AT_ONCE: "At once", DIGEST: "Once a day", OFF: "Off" },
  mail: "Mail",
  mails: { QUEUED: "Waits", SENT: "Sent", REFUSED: "Not delivered", DROPPED: "Not needed any more" },

  digestHint: "Mails about the contracts of this team. Once a day means: in one mail, together with others.",
  required: "You cannot switch it off, because you are the contact person of a contract, or a contract has none.",
  set: (kind: string, delivery: string) => `${kind}: ${delivery}`,
  noPreferences: "You get no notices",
  noPreferencesHint: "Notices are mails about contracts. Only the contract managers of a team get them.",
};
