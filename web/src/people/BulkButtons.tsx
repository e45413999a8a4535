import { Button } from "../parts/Button.tsx";
import { peopleWords } from "../words/people.ts";
import { useWords } from "../words/words.ts";

const ACTIONS = ["assign", "unassign", "group", "role", "remove"] as const;

/** What can be done with the selected members. */
export type BulkAction = (typeof ACTIONS)[number];

/** The buttons for the selected members. Whether the viewer may change all of them, the dry run in the dialog says. */
export function BulkButtons({ onOpen }: { readonly onOpen: (action: BulkAction) => void }) {
  const t = useWords(peopleWords);
  return ACTIONS.map((action) => (
    <Button
      key={action}
      look={action === "remove" ? "danger" : "usual"}
      onClick={() => {
        onOpen(action);
      }}
    >
      {t.bulk[action]}
    </Button>
  ));
}
