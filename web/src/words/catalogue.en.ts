import { numberIn, pluralIn } from "./words.ts";

const plural = pluralIn("en");
const number = numberIn("en");

export const words = {
  yourSeats: "Your seats",
  moreProducts: "More products of the team",
  youHold: "You have a seat",
  youWait: "Waiting list",
  youAsked: "Requested",
  noSeat: "No seat",
  since: "Since",
  sinceDay: (day: string) => `since ${day}`,
  lastUsed: "Last used",
  notUsed: "Not in the last year",
  why: "Why",
  sources: { DIRECT: "Assigned to you", GROUP: "Through a group", DEFAULT: "The team gives it to everybody" },
  throughGroup: "Through the group",
  place: (position: number) =>
    position === 1 ? "You are first on the waiting list: the next free seat is yours." : `You are number ${number(position)} on the waiting list.`,
  counts: "Seats of the team",
  free: (count: number) => `${number(count)} free`,
  held: (count: number) => `${number(count)} held`,
  waiting: (count: number) => `${number(count)} waiting`,
  releases: (count: number) => plural(count, { one: "1 release", other: `${number(count)} releases` }),
  noRelease: "No releases yet",
  ask: "Request a seat",
  askFor: (name: string) => `Request a seat of ${name}`,
  asked: (name: string) => `You have requested a seat of ${name}. You get a mail with the answer.`,
  hasAlready: (name: string) => `You have a seat of ${name}, a place on its waiting list or a request already.`,
  askedOn: (day: string) => `You requested a seat on ${day}. Nobody has answered yet.`,
  deniedOn: (day: string) => `Your request was denied on ${day}.`,
  withdraw: "Withdraw the request",
  withdrawn: (name: string) => `The request for ${name} is withdrawn.`,
  note: "Why you need it",
  noteHint: "Those who manage the team read this. Up to 1,000 characters.",
  nothing: "The team has no products yet",
  nothingHint: {
    USER: "When the company buys software, you can request a seat of it here.",
    SOFTWARE_COORDINATOR: "Ask your contract manager for a subscription. Then you can assign its seats.",
    CONTRACT_MANAGER: "Ask your vendor for a subscription. Then you can assign its seats.",
  },
};
