/** Return the day so many days before today, in UTC, as the graph counts days. */
export function daysAgo(days: number): string {
  const day = new Date();
  day.setUTCDate(day.getUTCDate() - days);
  return day.toISOString().slice(0, 10);
}
