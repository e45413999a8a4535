// The story that each client tells: it pages through a team both ways, assigns a seat and removes a member.
// What it shows comes from its cache, and every request that leaves is counted.

export const SIZE = 20;
// A member on the second page.
const CHANGED = 30;
// A cache tells what has changed a moment later, and if it wants to ask again, it does so then.
const QUIET_MILLISECONDS = 30;

export type Direction = "forwards" | "backwards";

export interface Person {
  memberId: string;
  userId: string;
}

/** What a client shows of a team, kept up to date by its cache alone. */
export interface View {
  people: Person[];
  available: number;
  pageInfo: {
    hasNextPage: boolean;
    endCursor: string | null | undefined;
    hasPreviousPage: boolean;
    startCursor: string | null | undefined;
  };
}

/** A list of members that is open. */
export interface Screen {
  view(): View;
  /** Load the page at this cursor. */
  more(cursor: string): Promise<void>;
  assign(userId: string): Promise<void>;
  remove(userId: string): Promise<void>;
  /** Only where the client adds the new edge to the list by itself. */
  invite?(firstName: string, email: string): Promise<void>;
}

export type Open = (direction: Direction) => Promise<Screen>;

/** The arguments of a page at a cursor, or of the first one in this direction. */
export function page(direction: Direction, cursor: string | null = null) {
  return direction === "forwards"
    ? { first: SIZE, after: cursor, last: null, before: null }
    : { first: null, after: null, last: SIZE, before: cursor };
}

let sent = 0;
const send = globalThis.fetch;
globalThis.fetch = (...given) => {
  sent += 1;
  return send(...given);
};

const quiet = () => new Promise((resolve) => setTimeout(resolve, QUIET_MILLISECONDS));

/** Does something. Returns how many requests it sent. */
async function counted(work: () => Promise<void>): Promise<number> {
  const before = sent;
  await work();
  await quiet();
  return sent - before;
}

/** Opens the list and loads every page of it. */
async function read(open: Open, direction: Direction): Promise<{ screen: Screen; requests: number }> {
  let screen: Screen | undefined;
  const requests = await counted(async () => {
    screen = await open(direction);
    for (let cursor = next(screen, direction); cursor; cursor = next(screen, direction)) {
      const before = members(screen).length;
      await screen.more(cursor);
      await quiet();
      if (members(screen).length === before) throw new Error("The next page brought nobody.");
    }
  });
  if (!screen) throw new Error("The list was not opened.");
  return { screen, requests };
}

function next(screen: Screen, direction: Direction): string | null {
  const { hasNextPage, endCursor, hasPreviousPage, startCursor } = screen.view().pageInfo;
  const [more, cursor] = direction === "forwards" ? [hasNextPage, endCursor] : [hasPreviousPage, startCursor];
  if (more && !cursor) throw new Error("There are more pages, but there is no cursor.");
  return more ? (cursor ?? null) : null;
}

const members = (screen: Screen) => screen.view().people.map(({ memberId }) => memberId);

function at(screen: Screen, place: number): Person {
  const person = screen.view().people[place];
  if (!person) throw new Error(`The list shows nobody at ${place}.`);
  return person;
}

/** Tells the story. Returns what the client showed after each step, and how many requests each step sent. */
export async function tell(open: Open) {
  const backwards = await read(open, "backwards");
  const forwards = await read(open, "forwards");
  const { screen } = forwards;
  const shown = { forwards: members(screen), backwards: members(backwards.screen) };
  const available = [screen.view().available];
  const changed = at(screen, CHANGED);
  const assign = await counted(() => screen.assign(changed.userId));
  available.push(screen.view().available);
  const remove = await counted(() => screen.remove(changed.userId));
  available.push(screen.view().available);
  const left = members(screen);
  const invite = await counted(async () => screen.invite?.("Nadia", "nadia@tests.example"));
  return {
    shown,
    available,
    changed,
    left,
    withInvited: members(screen),
    requests: { forwards: forwards.requests, backwards: backwards.requests, assign, remove, invite },
  };
}
