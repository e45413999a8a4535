// The icons: small drawings of 24 × 24 units. They decorate a text beside them, so they have no name of their own.
const PATHS = {
  products: "M12 3 4 7v10l8 4 8-4V7zM4 7l8 4 8-4M12 11v10",
  people: "M9 11a4 4 0 1 0 0-8 4 4 0 0 0 0 8M2 21a7 7 0 0 1 14 0M16 3.5a4 4 0 0 1 0 7M18 14a7 7 0 0 1 4 7",
  billing: "M3 6h18v12H3zM3 10h18M7 15h4",
  contracts: "M6 3h9l4 4v14H6zM15 3v4h4M9 12h7M9 16h7",
  companies: "M3 8h18v12H3zM9 8V4h6v4M3 13h18",
  reporting: "M4 20V4M4 20h16M9 16v-5M14 16V8M19 16v-3",
  team: "M4 21V5l8-2v18M12 9l8 2v10M8 8v0M8 12v0M8 16v0M16 14v0M16 17v0M2 21h20",
  profile: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8M4 21a8 8 0 0 1 16 0",
  explorer: "m8 7-5 5 5 5M16 7l5 5-5 5M14 4l-4 16",
  search: "M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14M20 20l-4-4",
  menu: "M4 6h16M4 12h16M4 18h16",
  close: "M6 6l12 12M18 6 6 18",
  down: "m6 9 6 6 6-6",
  up: "m6 15 6-6 6 6",
  left: "m14 6-6 6 6 6",
  right: "m10 6 6 6-6 6",
  first: "m18 6-6 6 6 6M7 6v12",
  last: "m6 6 6 6-6 6M17 6v12",
  check: "m5 12 5 5L20 7",
  copy: "M9 9h11v11H9zM5 15H4V4h11v1",
  plus: "M12 5v14M5 12h14",
} as const;

/** The name of an icon. */
export type IconName = keyof typeof PATHS;

/** An icon. What can be pressed and shows only an icon needs a name beside it. */
export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg className="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}
