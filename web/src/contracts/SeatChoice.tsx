import { useId } from "react";
import { contractsWords } from "../words/contracts.ts";
import { seatsWords } from "../words/seats.ts";
import { useWords } from "../words/words.ts";
import type { Scheduled } from "./fragments.ts";
import "./SeatChoice.css";

interface Props {
  readonly seats: Scheduled["lostSeats"];
  /** The ids of the seats that are chosen. */
  readonly chosen: readonly string[];
  readonly onChange: (chosen: readonly string[]) => void;
}

/** Lets the viewer choose whose seats are given up first. */
export function SeatChoice({ seats, chosen, onChange }: Props) {
  const t = useWords(contractsWords);
  const { somebody } = useWords(seatsWords);
  const id = useId();
  if (seats.length === 0) return null;
  const toggle = (seat: string) =>
    onChange(chosen.includes(seat) ? chosen.filter((one) => one !== seat) : [...chosen, seat]);
  return (
    <fieldset className="seat-choice" aria-describedby={id}>
      <legend>{t.loseFirst}</legend>
      <p id={id} className="quiet small">
        {t.loseFirstHint}
      </p>
      {seats.map((seat) => (
        <label key={seat.id}>
          <input type="checkbox" className="tick" checked={chosen.includes(seat.id)} onChange={() => toggle(seat.id)} />
          <bdi>{seat.holder?.name ?? somebody}</bdi>
        </label>
      ))}
    </fieldset>
  );
}
