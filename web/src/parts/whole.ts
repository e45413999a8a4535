/** Return the number that a person typed; null if it is no whole number above 0 that the graph takes. */
export function whole(typed: string): number | null {
  const text = typed.trim();
  const value = /^[0-9]{1,9}$/.test(text) ? Number(text) : 0;
  return value > 0 ? value : null;
}
