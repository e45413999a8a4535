import { numberIn, pluralIn } from "./words.ts";

const plural = pluralIn("en");
const number = numberIn("en");
// Why a button may not be used, by fact and value; with the action if it says something other than usual. In English,
// Usher's own `reason` says it.
const reasons: Readonly<Record<string, string>> = {};

export const words = {
  reasons,
  cancel: "Cancel",
  close: "Close",
  copy: (what: string) => `Copy ${what}`,
  copied: "Copied",
  notCopied: "Could not be copied. Mark the text and copy it.",
  undo: "Undo",
  undone: "Undone",
  dismiss: "Dismiss",
  messages: "Messages",
  loading: "Loading …",
  optional: "optional",
  any: "Any",
  filters: "Filters",
  clearFilters: "Clear filters",
  search: "Search",
  pages: "Pages",
  firstPage: "First page",
  previousPage: "Previous page",
  nextPage: "Next page",
  lastPage: "Last page",
  rowsPerPage: "Rows on a page",
  total: (count: number) => plural(count, { one: "1 in all", other: `${number(count)} in all` }),
  selectRow: (name: string) => `Select ${name}`,
  selectPage: "Select all on this page",
  selected: (count: number) => plural(count, { one: "1 selected", other: `${number(count)} selected` }),
  selectAll: (count: number) => `Select all ${number(count)} that match`,
  clearSelection: "Clear selection",
  progress: (done: number, all: number) => `${number(done)} of ${number(all)}`,
};
