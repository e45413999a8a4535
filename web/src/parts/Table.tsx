// A table of rows: the browser's own, with sorting, and with selection if it gets one.
import { type ReactNode, useEffect, useRef } from "react";
import type { Sort } from "../router/search.ts";
import { partsWords } from "../words/parts.ts";
import { useWords } from "../words/words.ts";
import { Icon } from "./Icon.tsx";
import type { Selection } from "./selection.ts";
import "./Table.css";

/** A column. The first one names the row, and is its heading. */
export interface Column<R, C extends string> {
  readonly title: string;
  readonly cell: (row: R) => ReactNode;
  /** The column of the order, if the table can be sorted by it. */
  readonly sort?: C;
  readonly number?: boolean;
}

interface Props<R, C extends string> {
  readonly label: string;
  readonly rows: readonly R[];
  readonly keyOf: (row: R) => string;
  readonly columns: readonly [Column<R, C>, ...Column<R, C>[]];
  readonly sort?: Sort<C>;
  readonly onSort?: (sort: Sort<C>) => void;
  readonly selection?: Selection;
  /** The name of a row, for its check box. */
  readonly nameOf: (row: R) => string;
}

/** A table. On a narrow screen it can be scrolled, also by keyboard. */
export function Table<R, C extends string>({ label, rows, keyOf, columns, nameOf, ...rest }: Props<R, C>) {
  const { sort, onSort, selection } = rest;
  return (
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what can be scrolled has to be reached by keyboard
    <div className="table-box" role="region" aria-label={label} tabIndex={0}>
      <table className="table" aria-label={label}>
        <thead>
          <tr>
            {selection && (
              <td className="tick-cell">
                <PageTick ids={rows.map(keyOf)} selection={selection} />
              </td>
            )}
            {columns.map((column) => (
              <Heading key={column.title} {...{ column, sort, onSort }} />
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => {
            const id = keyOf(row);
            return <Row key={id} {...{ id, row, columns, nameOf, selection }} />;
          })}
        </tbody>
      </table>
    </div>
  );
}

interface RowProps<R, C extends string> extends Pick<Props<R, C>, "columns" | "nameOf"> {
  readonly id: string;
  readonly row: R;
  readonly selection: Selection | undefined;
}

function Row<R, C extends string>({ id, row, columns: [first, ...others], nameOf, selection }: RowProps<R, C>) {
  const t = useWords(partsWords);
  const selected = selection?.has(id) ?? false;
  return (
    <tr data-selected={selected || undefined}>
      {selection && (
        <td className="tick-cell">
          <input
            type="checkbox"
            className="tick"
            aria-label={t.selectRow(nameOf(row))}
            checked={selected}
            onChange={() => {
              selection.toggle(id);
            }}
          />
        </td>
      )}
      <th scope="row">{first.cell(row)}</th>
      {others.map((column) => (
        <td key={column.title} className={column.number ? "number" : undefined}>
          {column.cell(row)}
        </td>
      ))}
    </tr>
  );
}

interface HeadingProps<R, C extends string> {
  readonly column: Column<R, C>;
  readonly sort: Sort<C> | undefined;
  readonly onSort: ((sort: Sort<C>) => void) | undefined;
}

function Heading<R, C extends string>({ column, sort, onSort }: HeadingProps<R, C>) {
  const by = column.sort;
  const className = column.number ? "number" : undefined;
  if (by === undefined || !sort || !onSort) {
    return (
      <th scope="col" className={className}>
        {column.title}
      </th>
    );
  }
  const current = sort.column === by;
  const direction = current ? (sort.descending ? "descending" : "ascending") : undefined;
  return (
    <th scope="col" className={className} aria-sort={direction}>
      <button
        type="button"
        onClick={() => {
          onSort({ column: by, descending: current && !sort.descending });
        }}
      >
        {column.title}
        {current && <Icon name={sort.descending ? "down" : "up"} />}
      </button>
    </th>
  );
}

function PageTick({ ids, selection }: { readonly ids: readonly string[]; readonly selection: Selection }) {
  const t = useWords(partsWords);
  const input = useRef<HTMLInputElement>(null);
  const count = ids.filter(selection.has).length;
  const all = ids.length > 0 && count === ids.length;
  useEffect(() => {
    if (input.current) input.current.indeterminate = count > 0 && !all;
  }, [count, all]);
  return (
    <input
      ref={input}
      type="checkbox"
      className="tick"
      aria-label={t.selectPage}
      checked={all}
      onChange={() => {
        selection.togglePage(ids, !all);
      }}
    />
  );
}
