import { type Column, Table } from "../parts/Table.tsx";
import { billingWords } from "../words/billing.ts";
import { useFormats } from "../words/formats.ts";
import { useWords } from "../words/words.ts";
import type { Spent } from "./spend.ts";
import "./SpendChart.css";

interface Props {
  readonly currency: string;
  readonly months: readonly Spent[];
}

/** A bar for each month, and the same as a table. */
export function SpendChart({ currency, months }: Props) {
  const t = useWords(billingWords);
  const { money, month: nameOf } = useFormats();
  const columns: readonly [Column<Spent, never>, Column<Spent, never>] = [
    { title: t.month, cell: ({ month }) => nameOf(month) },
    { title: t.amount, number: true, cell: ({ amount }) => <span className="nowrap">{money(amount)}</span> },
  ];
  return (
    <div className="spend-chart">
      <figure>
        <figcaption className="quiet small">{t.spendIn(currency)}</figcaption>
        <Bars months={months} />
      </figure>
      <Table
        label={t.spendIn(currency)}
        rows={months}
        keyOf={({ month }) => month}
        nameOf={({ month }) => nameOf(month)}
        columns={columns}
      />
    </div>
  );
}

// A bar is 3 wide, with 1 between two.
const STEP = 4;
const HEIGHT = 100;

/** The bars. They are a picture of the table, which is there for those who do not see it. */
function Bars({ months }: { readonly months: readonly Spent[] }) {
  const { money, month: nameOf } = useFormats();
  // For the heights, a rounded number is exact enough.
  const amounts = months.map(({ amount }) => Math.max(0, Number(amount.amount)));
  const highest = Math.max(1, ...amounts);
  return (
    <div aria-hidden="true">
      <svg viewBox={`0 0 ${months.length * STEP} ${HEIGHT}`} preserveAspectRatio="none">
        {months.map(({ month, amount }, place) => {
          const height = ((amounts[place] ?? 0) / highest) * HEIGHT;
          return (
            <rect key={month} x={place * STEP + 0.5} y={HEIGHT - height} width={STEP - 1} height={height}>
              <title>{`${nameOf(month)}: ${money(amount)}`}</title>
            </rect>
          );
        })}
      </svg>
      <div className="spend-chart-months quiet small">
        {months.map(({ month }) => (
          <span key={month}>{nameOf(month).slice(0, 1)}</span>
        ))}
      </div>
    </div>
  );
}
