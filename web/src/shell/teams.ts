// The team that the person works in. It is in the address of each screen of a team; for the others, such as the
// profile, it is the one that was opened last.
const STORED = "usher:team";

/** Return the team of this address, or else the one opened last, or else the first; null if there is none. */
export function presentTeam<T extends { readonly id: string }>(
  teams: readonly T[],
  addressed: string | undefined,
): T | null {
  const named = (id: string | null | undefined) => teams.find((team) => team.id === id);
  return named(addressed) ?? named(localStorage.getItem(STORED)) ?? teams[0] ?? null;
}

/** Note that a team was opened. */
export function rememberTeam(id: string): void {
  localStorage.setItem(STORED, id);
}
