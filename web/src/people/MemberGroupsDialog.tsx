import { useRef, useState } from "react";
import { graphql, useFragment } from "react-relay";
import { type Problem, type ProblemCode, stopping, wasMade } from "../graph/problems.ts";
import { useMutation } from "../graph/useMutation.ts";
import { useTried } from "../graph/useTried.ts";
import { Dialog } from "../parts/Dialog.tsx";
import { DialogForm } from "../parts/DialogForm.tsx";
import { CheckField } from "../parts/Field.tsx";
import { SearchBox } from "../parts/FilterBar.tsx";
import { showDone, succeeded } from "../parts/toasts.ts";
import { useClosing } from "../parts/useClosing.ts";
import { reload } from "../router/router.ts";
import { useFormats } from "../words/formats.ts";
import { partsWords } from "../words/parts.ts";
import { peopleWords } from "../words/people.ts";
import { useWords } from "../words/words.ts";
import type { MemberGroupsDialog_member$key } from "./__generated__/MemberGroupsDialog_member.graphql";
import type { MemberGroupsDialogAddMutation } from "./__generated__/MemberGroupsDialogAddMutation.graphql";
import type { MemberGroupsDialogRemoveMutation } from "./__generated__/MemberGroupsDialogRemoveMutation.graphql";
import { type GroupChoice, groupChoices, matching } from "./groupChoices.ts";

const MEMBER = graphql`
  fragment MemberGroupsDialog_member on Member {
    id
    team {
      id
    }
    user {
      id
      name
    }
  }
`;

const ADD = graphql`
  mutation MemberGroupsDialogAddMutation($input: AddGroupMembersInput!) {
    addGroupMembers(input: $input) {
      members {
        ...MemberGroups_member
        ...MemberProducts_member
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

const REMOVE = graphql`
  mutation MemberGroupsDialogRemoveMutation($input: RemoveGroupMembersInput!) {
    removeGroupMembers(input: $input) {
      members {
        ...MemberGroups_member
        ...MemberProducts_member
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

// With so many groups, looking for a name takes longer than typing a part of it.
const MANY = 15;

interface Props {
  readonly member: MemberGroupsDialog_member$key;
  readonly onClose: () => void;
}

/** Puts a member into groups, and takes them out. The seats that groups give follow. */
export default function MemberGroupsDialog({ member: of, onClose }: Props) {
  const t = useWords(peopleWords);
  const { loading, undone } = useWords(partsWords);
  const member = useFragment(MEMBER, of);
  const groups = useTried("", () => groupChoices(member.team.id, member.id));
  const { changed, change, save, undo, problems, pending } = useChange(member.user.id, groups ?? []);
  const [search, setSearch] = useState("");
  const [waits, setWaits] = useState(false);
  const close = useClosing(onClose);
  const press = async () => {
    const made = await save(waits ? "WAITLIST" : "ALL_OR_NOTHING");
    if (!made) return;
    showDone(t.groupsChanged(member.user.name), made.length > 0 ? () => void goBack(made) : null);
    close(); // another address: the screen is read again
  };
  const goBack = async (made: readonly Step[]) => {
    if (await undo(made)) showDone(undone);
    reload();
  };
  return (
    <Dialog title={t.groupsOf(member.user.name)} onClose={onClose}>
      {groups && groups.length > MANY && <SearchBox label={t.findGroup} value={search} onChange={setSearch} />}
      <DialogForm
        action={t.save}
        pending={pending || !groups}
        problems={problems}
        onSubmit={() => void press()}
        onCancel={onClose}
      >
        {groups ? <Choices {...{ groups, search, changed, change }} /> : <p role="status">{loading}</p>}
        <CheckField name="mode" label={t.waitIfFull} checked={waits} onChange={({ target }) => setWaits(target.checked)} />
      </DialogForm>
    </Dialog>
  );
}

/** Whether the person is to be in a group, by the ids of the groups for which the viewer changed it. */
type Changed = ReadonlyMap<string, boolean>;

/** One change: the person joins a group, or leaves it. */
interface Step {
  readonly groupId: string;
  readonly joins: boolean;
}

type JoinMode = "WAITLIST" | "ALL_OR_NOTHING" | "BEST_EFFORT";

// Somebody else did it meanwhile, so it is not for the viewer to undo.
const DONE_BEFORE: ReadonlySet<ProblemCode> = new Set<ProblemCode>(["ALREADY_IN_GROUP", "ALREADY_OUT_OF_GROUP"]);

/** A seat that an old and a new group give stays with the person. */
function joinsFirst(steps: readonly Step[]): readonly Step[] {
  return [...steps.filter(({ joins }) => joins), ...steps.filter(({ joins }) => !joins)];
}

/** Return how to make a step. */
function useSteps(userId: string) {
  const add = useMutation<MemberGroupsDialogAddMutation>(ADD);
  const remove = useMutation<MemberGroupsDialogRemoveMutation>(REMOVE);
  return ({ groupId, joins }: Step, mode: JoinMode) => {
    const input = { groupId, userIds: [userId], dryRun: false };
    return joins ? add.send({ ...input, mode }) : remove.send({ ...input, mode: "ALL_OR_NOTHING" });
  };
}

/** What the viewer changed, and how to save it: only this, so that what others change meanwhile stays. */
function useChange(userId: string, groups: readonly GroupChoice[]) {
  const [changed, setChanged] = useState<Changed>(new Map());
  const [problems, setProblems] = useState<readonly Problem[]>([]);
  const [pending, setPending] = useState(false);
  // What differs from the groups as they were. It stays if a step is refused: the next try goes on from there.
  const made = useRef(new Map<string, boolean>());
  const take = useSteps(userId);
  const save = async (mode: JoinMode): Promise<readonly Step[] | null> => {
    const steps = groups
      .filter(({ id, isIn }) => (changed.get(id) ?? isIn) !== (made.current.get(id) ?? isIn))
      .map(({ id, isIn }) => ({ groupId: id, joins: changed.get(id) ?? isIn }));
    setPending(true);
    try {
      for (const step of joinsFirst(steps)) {
        const payload = await take(step, mode);
        setProblems(stopping(payload?.errors ?? []).map((one) => ({ ...one, field: ["group", step.groupId] })));
        if (!wasMade(payload)) return null;
        const isNew = !payload.errors.some(({ code }) => DONE_BEFORE.has(code));
        if (!made.current.delete(step.groupId) && isNew) made.current.set(step.groupId, step.joins);
      }
    } finally {
      setPending(false);
    }
    return [...made.current].map(([groupId, joins]) => ({ groupId, joins }));
  };
  const undo = async (steps: readonly Step[]) => {
    let all = true;
    // Without a free seat the person is in the group all the same, as before, and the message says what is missing.
    for (const step of joinsFirst(steps.map(({ groupId, joins }) => ({ groupId, joins: !joins }))))
      if (!succeeded(await take(step, "BEST_EFFORT"))) all = false;
    return all;
  };
  const change = (id: string, isIn: boolean) => setChanged(new Map(changed).set(id, isIn));
  return { changed, change, save, undo, problems, pending };
}

interface ChoicesProps {
  readonly groups: readonly GroupChoice[];
  readonly search: string;
  readonly changed: Changed;
  readonly change: (groupId: string, isIn: boolean) => void;
}

/** The groups of the team that the search finds, each with what it gives. */
function Choices({ groups, search, changed, change }: ChoicesProps) {
  const t = useWords(peopleWords);
  const { list } = useFormats();
  if (groups.length === 0) return <p className="quiet">{t.noGroups}</p>;
  const found = matching(groups, search);
  // What is changed stays in sight, whatever is searched next.
  const shown = groups.filter((group) => changed.has(group.id) || found.includes(group));
  return (
    <fieldset>
      <legend className="hidden-text">{t.groups}</legend>
      {shown.map(({ id, name, products, isIn }) => (
        <CheckField
          key={id}
          name={`group.${id}`}
          label={name}
          hint={products.length > 0 && t.gives(list(products.map((product) => product.name)))}
          checked={changed.get(id) ?? isIn}
          onChange={({ target }) => change(id, target.checked)}
        />
      ))}
      {shown.length === 0 && <p className="quiet">{t.foundNoGroup}</p>}
    </fieldset>
  );
}
