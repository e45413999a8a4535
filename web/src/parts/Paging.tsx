import type { Place } from "../router/search.ts";
import { useFormats } from "../words/formats.ts";
import { partsWords } from "../words/parts.ts";
import { useWords } from "../words/words.ts";
import { Button } from "./Button.tsx";
import { PAGE_SIZES } from "./paging.ts";
import "./Paging.css";

interface Props {
  readonly info: {
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
    readonly startCursor: string | null;
    readonly endCursor: string | null;
  };
  readonly total: number;
  readonly size: number;
  readonly onPlace: (place: Place) => void;
  readonly onSize: (size: number) => void;
}

/** How many rows a list has, and the way to its other pages. */
export function Paging({ info, total, size, onPlace, onSize }: Props) {
  const t = useWords(partsWords);
  return (
    <nav className="paging" aria-label={t.pages}>
      <span className="quiet">{t.total(total)}</span>
      <PageSize size={size} onSize={onSize} />
      {(info.hasNextPage || info.hasPreviousPage) && <PageButtons info={info} onPlace={onPlace} />}
    </nav>
  );
}

const SIZES = [...PAGE_SIZES].sort((one, other) => one - other);

function PageSize({ size, onSize }: Pick<Props, "size" | "onSize">) {
  const t = useWords(partsWords);
  const formats = useFormats();
  return (
    <label>
      <span className="quiet">{t.rowsPerPage}</span>
      <select
        className="input"
        value={size}
        onChange={(event) => {
          onSize(Number(event.target.value));
        }}
      >
        {SIZES.map((one) => (
          <option key={one} value={one}>
            {formats.number(one)}
          </option>
        ))}
      </select>
    </label>
  );
}

function PageButtons({ info, onPlace }: Pick<Props, "info" | "onPlace">) {
  const t = useWords(partsWords);
  const pages = [
    ["first", t.firstPage, info.hasPreviousPage, null],
    ["left", t.previousPage, info.hasPreviousPage, info.startCursor === null ? null : { before: info.startCursor }],
    ["right", t.nextPage, info.hasNextPage, info.endCursor === null ? null : { after: info.endCursor }],
    ["last", t.lastPage, info.hasNextPage, "end"],
  ] as const;
  return (
    <div>
      {pages.map(([icon, label, there, place]) => (
        <Button
          key={icon}
          look="plain"
          icon={icon}
          label={label}
          aria-disabled={!there}
          onClick={() => {
            if (there) onPlace(place);
          }}
        />
      ))}
    </div>
  );
}
