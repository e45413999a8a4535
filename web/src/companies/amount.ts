import type { Money } from "../graph/money.ts";

function digitsOf(currency: string): number {
  return new Intl.NumberFormat("en", { style: "currency", currency }).resolvedOptions().maximumFractionDigits ?? 0;
}

/**
 * Return the minor units of an amount that a person typed, such as 19.90 or 19,9; null if it is none. Thousands are not
 * divided: in 1,000 the comma would be that of a fraction, which few currencies have with three digits.
 */
export function minorUnits(typed: string, currency: string): string | null {
  const found = /^([0-9]{1,15})(?:[.,]([0-9]+))?$/.exec(typed.trim());
  const [, whole = "", fraction = ""] = found ?? [];
  const digits = digitsOf(currency);
  return found === null || fraction.length > digits ? null : String(BigInt(whole + fraction.padEnd(digits, "0")));
}

/** Return an amount as a person types it, such as 19.90. */
export function typedAmount({ amount, currency }: Money): string {
  const digits = digitsOf(currency);
  const text = amount.padStart(digits + 1, "0");
  return digits === 0 ? text : `${text.slice(0, -digits)}.${text.slice(-digits)}`;
}
