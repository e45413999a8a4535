// Assigns a seat to one person, and takes it back. The free seats of the pool change at once, and so does the list of
// the person's seats, if the page shows it.
import { graphql } from "react-relay";
import type { Problem, ProblemCode } from "../graph/problems.ts";
import { useMutation } from "../graph/useMutation.ts";
import { showDone, succeeded } from "../parts/toasts.ts";
import { reload } from "../router/router.ts";
import { seatsWords } from "../words/seats.ts";
import { partsWords } from "../words/parts.ts";
import { useWords } from "../words/words.ts";
import type { useSeatChangeAssignMutation } from "./__generated__/useSeatChangeAssignMutation.graphql";
import type { useSeatChangeUnassignMutation } from "./__generated__/useSeatChangeUnassignMutation.graphql";

/** A person, and a product of their team. */
export interface SeatOf {
  readonly teamId: string;
  readonly userId: string;
  readonly name: string;
  readonly product: { readonly id: string; readonly name: string };
  readonly pool: { readonly id: string; readonly assigned: number; readonly available: number } | null;
  /** The lists of the person's seats that the page shows. */
  readonly connections: readonly string[];
}

/** A seat that the person holds, and why. */
export interface HeldSeat {
  readonly id: string;
  readonly sources: readonly { readonly kind: string }[];
}

type Mode = "ALL_OR_NOTHING" | "WAITLIST";

/** What can be done with the seat of a person. */
export interface SeatChange {
  readonly assign: (mode: Mode) => Promise<void>;
  /** Take back the seat, or (null) the place on the waiting list. */
  readonly unassign: (seat: HeldSeat | null) => Promise<void>;
  readonly pending: boolean;
}

const ASSIGN = graphql`
  mutation useSeatChangeAssignMutation($input: AssignSeatsInput!, $connections: [ID!]!) @raw_response_type {
    assignSeats(input: $input) {
      seatEdges @appendEdge(connections: $connections) {
        cursor
        node {
          ...fragments_seat @relay(mask: false)
        }
      }
      waits {
        id
      }
      pools {
        id
        assigned
        available
      }
      errors {
        ...problems_error @relay(mask: false)
      }
    }
  }
`;

const UNASSIGN = graphql`
  mutation useSeatChangeUnassignMutation($input: UnassignSeatsInput!, $connections: [ID!]!) @raw_response_type {
    unassignSeats(input: $input) {
      deletedSeatIds @deleteEdge(connections: $connections)
      pools {
        id
        assigned
        available
      }
      errors {
        ...problems_error @relay(mask: false)
      }
    }
  }
`;

/** Return how to change the seat of this person. */
export function useSeatChange(of: SeatOf): SeatChange {
  const t = useWords(seatsWords);
  const { undone } = useWords(partsWords);
  const { give, take, pending } = useGiveAndTake(of);
  const { name, product } = of;

  const assign = async (mode: Mode) => {
    const payload = await give(mode, true);
    if (!succeeded(payload)) {
      reload(); // others have changed the pool
      return;
    }
    // Somebody else has given the seat meanwhile: it is not ours to take back.
    if (has(payload, "ALREADY_ASSIGNED")) {
      tell(t.assignedDone(product.name, name));
      return;
    }
    const text = payload.waits.length ? t.waitsDone(product.name, name) : t.assignedDone(product.name, name);
    offerUndo(text, undone, async () => succeeded(await take(null)));
  };
  const unassign = async (seat: HeldSeat | null) => {
    const payload = await take(seat);
    if (!succeeded(payload)) {
      reload();
      return;
    }
    if (has(payload, "SOURCE_REMAINS")) {
      tell(t.remains(product.name, name));
      return;
    }
    const text = seat === null ? t.withdrawnDone(product.name, name) : t.unassignedDone(product.name, name);
    if (has(payload, "NOT_ASSIGNED")) {
      tell(text);
      return;
    }
    // Whoever was the next to get the seat has it now. A place at the end of the waiting list can be had again.
    offerUndo(text, undone, async () => succeeded(await give(seat === null ? "WAITLIST" : "ALL_OR_NOTHING", false)));
  };
  return { assign, unassign, pending };
}

function offerUndo(text: string, undone: string, undo: () => Promise<unknown>) {
  showDone(text, () => {
    void undo().then((back) => {
      if (back) tell(undone);
    });
  });
  reload(); // the places on waiting lists, and whatever else the page tells of the person
}

function has({ errors }: { readonly errors: readonly Problem[] }, wanted: ProblemCode): boolean {
  return errors.some(({ code }) => code === wanted);
}

function tell(text: string) {
  showDone(text);
  reload();
}

/** The two mutations, as one intent: to have the seat, or not. */
function useGiveAndTake(of: SeatOf) {
  const assigning = useAssign(of);
  const unassigning = useUnassign(of);
  // Each answer ends what the other mutation began: a repeat of that would get its old answer, which holds no more.
  const give = async (mode: Mode, atOnce: boolean) => {
    const payload = await assigning.send(mode, atOnce);
    if (payload) unassigning.forget();
    return payload;
  };
  const take = async (seat: HeldSeat | null) => {
    const payload = await unassigning.send(seat);
    if (payload) assigning.forget();
    return payload;
  };
  return { give, take, pending: assigning.pending || unassigning.pending };
}

function useAssign(of: SeatOf) {
  const { send, pending, forget } = useMutation<useSeatChangeAssignMutation>(ASSIGN);
  const { teamId, userId, product, connections } = of;
  return {
    pending,
    forget,
    send: (mode: Mode, atOnce: boolean) => {
      const optimistic = atOnce && whenAssigned(of);
      return send(
        { teamId, productId: product.id, userIds: [userId], mode, dryRun: false },
        { variables: { connections }, ...(optimistic && { optimistic }) },
      );
    },
  };
}

/** What the answer will be if the seat is assigned; null if none is free. */
function whenAssigned({ userId, product, pool }: SeatOf): useSeatChangeAssignMutation["rawResponse"] | null {
  if (!pool || pool.available <= 0) return null;
  const node = {
    id: `client:seat:${userId}:${product.id}`,
    product,
    sources: [{ kind: "DIRECT" as const, since: new Date().toISOString(), group: null }],
    usage: null,
  };
  return {
    assignSeats: {
      seatEdges: [{ cursor: "", node }],
      waits: [],
      pools: [{ id: pool.id, assigned: pool.assigned + 1, available: pool.available - 1 }],
      errors: [],
    },
  };
}

function useUnassign(of: SeatOf) {
  const { send, pending, forget } = useMutation<useSeatChangeUnassignMutation>(UNASSIGN);
  const { teamId, userId, product, connections } = of;
  return {
    pending,
    forget,
    send: (seat: HeldSeat | null) => {
      const optimistic = whenUnassigned(of, seat);
      return send(
        { teamId, productId: product.id, userIds: [userId], mode: "ALL_OR_NOTHING", dryRun: false },
        { variables: { connections }, ...(optimistic && { optimistic }) },
      );
    },
  };
}

/** What the answer will be if the seat is taken back; null if the person keeps it, because a group gives it, too. */
function whenUnassigned(
  { pool }: SeatOf,
  seat: HeldSeat | null,
): useSeatChangeUnassignMutation["rawResponse"] | null {
  if (!pool || !seat?.sources.every(({ kind }) => kind === "DIRECT")) return null;
  return {
    unassignSeats: {
      deletedSeatIds: [seat.id],
      pools: [{ id: pool.id, assigned: pool.assigned - 1, available: pool.available + 1 }],
      errors: [],
    },
  };
}
