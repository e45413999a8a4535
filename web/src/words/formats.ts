// Dates and numbers as the person's language writes them, in the time zone of the browser.
import { useMemo } from "react";
import type { Money } from "../graph/money.ts";
import { useStore } from "../graph/store.ts";
import { language } from "./words.ts";

/** Writes dates and numbers. */
export interface Formats {
  readonly number: (value: number) => string;
  /** A share, from 0 to 1, such as 75%. */
  readonly percent: (value: number) => string;
  /** An amount of money, such as €1,299.00. It is given in minor units, and written exactly. */
  readonly money: (value: Money) => string;
  /** A tax rate, such as 19%. It is given in hundredths of a percent. */
  readonly taxRate: (value: number) => string;
  /** The month of a day, such as Mar 2026. */
  readonly month: (value: string) => string;
  /** A day, such as 3 Mar 2026. */
  readonly date: (value: string) => string;
  /** A moment, with the time. */
  readonly moment: (value: string) => string;
  /** How long ago a moment was, such as “3 days ago”. */
  readonly ago: (value: string) => string;
  /** A list, such as “Fusion, Kiln and Lattice”. */
  readonly list: (values: readonly string[]) => string;
}

const STEPS = [
  ["year", 365 * 86_400],
  ["month", 30 * 86_400],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
] as const;

/** Return the formats of the person's language. */
export function useFormats(): Formats {
  const chosen = useStore(language);
  return useMemo(() => formatsIn(chosen), [chosen]);
}

function formatsIn(chosen: string): Formats {
  // British English: the day comes before the month, as everywhere but in the United States.
  const locale = chosen === "en" ? "en-GB" : chosen;
  const number = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 });
  const percent = new Intl.NumberFormat(locale, { style: "percent" });
  const rate = new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 2 });
  const month = new Intl.DateTimeFormat(locale, { month: "short", year: "numeric" });
  const date = new Intl.DateTimeFormat(locale, { dateStyle: "medium" });
  const moment = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short" });
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: "auto" });
  const list = new Intl.ListFormat(locale);
  const ago = (value: string) => {
    const seconds = (Date.parse(value) - Date.now()) / 1_000;
    const [unit, length] = STEPS.find(([, step]) => Math.abs(seconds) >= step) ?? ["minute", 60];
    return relative.format(Math.round(seconds / length), unit);
  };
  return {
    number: (value) => number.format(value),
    percent: (value) => percent.format(value),
    taxRate: (value) => rate.format(value / 10_000),
    money: (value) => moneyIn(locale, value),
    // A day without a time belongs to no time zone: read as UTC, it would be the day before in America.
    date: (value) => date.format(new Date(value.length === 10 ? `${value}T00:00` : value)),
    month: (value) => month.format(new Date(`${value}T00:00`)),
    moment: (value) => moment.format(new Date(value)),
    ago,
    list: (values) => list.format(values),
  };
}

function moneyIn(locale: string, { amount, currency }: Money): string {
  const format = new Intl.NumberFormat(locale, { style: "currency", currency });
  const digits = format.resolvedOptions().maximumFractionDigits ?? 0;
  // Never by a division: a number of JavaScript is exact up to 53 bits, an amount has up to 64.
  const whole = BigInt(amount);
  const text = String(whole < 0n ? -whole : whole).padStart(digits + 1, "0");
  const point = text.length - digits;
  return format.format(`${whole < 0n ? "-" : ""}${text.slice(0, point)}.${text.slice(point)}0` as `${number}`);
}
