import { useId, useRef, useState } from "react";
import { graphql, useFragment } from "react-relay";
import { useDryRun } from "../graph/useMutation.ts";
import { useTried } from "../graph/useTried.ts";
import { ChoiceField } from "../parts/ChoiceField.tsx";
import { CheckField } from "../parts/Field.tsx";
import { ModeField } from "../seats/ModeField.tsx";
import { invitationsWords } from "../words/invitations.ts";
import { useWords } from "../words/words.ts";
import type { InviteByFile_team$data, InviteByFile_team$key } from "./__generated__/InviteByFile_team.graphql";
import type { importingMutation } from "./__generated__/importingMutation.graphql";
import type { CsvText } from "./csv.ts";
import { FileImport } from "./FileImport.tsx";
import { HowTo } from "./HowTo.tsx";
import { IMPORT, type ImportOptions } from "./importing.ts";
import { dividedAs, type ImportProblem } from "./verdicts.ts";

const TEAM = graphql`
  fragment InviteByFile_team on Team {
    id
    importing: viewerCan(actions: [MEMBERS_IMPORT]) {
      ...abilities_ability @relay(mask: false)
    }
    pools {
      product {
        id
        name
      }
    }
  }
`;

interface Chosen {
  readonly file: File;
  readonly text: string;
  /** Each choice is another one, also of the same file, which may have been corrected. */
  readonly number: number;
}

/** A file as Usher sees it. */
export interface Checked {
  /** Its rows. Null if Usher takes none of them, or others than can be shown. */
  readonly csv: CsvText | null;
  readonly problems: readonly ImportProblem[];
  /** Whether Usher takes no row of it. */
  readonly refused: boolean;
}

const FILE = "variables.input.file";

/** Invites the people in a CSV file: first a preview of each row, and then the import. */
export default function InviteByFile({ team: of }: { readonly team: InviteByFile_team$key }) {
  const t = useWords(invitationsWords);
  const team = useFragment(TEAM, of);
  const [chosen, setChosen] = useState<Chosen | null>(null);
  const [options, setOptions] = useState<ImportOptions>({
    teamId: team.id,
    productId: null,
    inviteRemoved: false,
    mode: "BEST_EFFORT",
  });
  const [running, setRunning] = useState(false);
  const { choice, checked, checking } = useCheck(chosen, options);
  return (
    <>
      <HowTo />
      {/* An import that runs keeps the options with which it began. */}
      <fieldset className="form" disabled={running}>
        <Options team={team} options={options} onChange={setOptions} />
        <FileField onChoose={(file, text) => setChosen((now) => ({ file, text, number: (now?.number ?? 0) + 1 }))} />
      </fieldset>
      <p role="status">{checking && t.checking}</p>
      {checked && choice !== null && (
        <FileImport
          key={choice}
          checked={checked}
          options={options}
          viewerCan={team.importing}
          running={running}
          onRunning={setRunning}
        />
      )}
    </>
  );
}

/** What Usher says about a file with these options, before anything is changed. */
function useCheck(chosen: Chosen | null, options: ImportOptions) {
  const dry = useDryRun<importingMutation>(IMPORT);
  const choice = chosen && JSON.stringify([chosen.number, options]);
  const checked = useTried<Checked>(choice, async () => {
    if (!chosen) return null;
    const payload = await dry.send({ ...options, file: null, dryRun: true }, { files: { [FILE]: chosen.file } });
    if (!payload) return null;
    const { problems, rows } = payload;
    return { csv: rows === 0 ? null : dividedAs(chosen.text, rows, problems), problems, refused: rows === 0 };
  });
  return { choice, checked, checking: dry.pending };
}

interface OptionsProps {
  readonly team: InviteByFile_team$data;
  readonly options: ImportOptions;
  readonly onChange: (options: ImportOptions) => void;
}

/** What all people in the file get, and who of them is invited. */
function Options({ team, options, onChange }: OptionsProps) {
  const t = useWords(invitationsWords);
  const products = (team.pools ?? []).map(({ product }) => ({ id: product.id, text: product.name }));
  return (
    <>
      <ChoiceField
        name="productId"
        label={t.product}
        required={false}
        value={options.productId ?? ""}
        options={[{ id: "", text: t.noProduct }, ...products]}
        onChange={(id) => onChange({ ...options, productId: id || null })}
      />
      <ModeField
        value={options.mode}
        without="ALL_OR_NOTHING"
        onChange={(mode) => {
          if (mode !== "ALL_OR_NOTHING") onChange({ ...options, mode });
        }}
      />
      <CheckField
        name="inviteRemoved"
        label={t.again}
        checked={options.inviteRemoved}
        onChange={({ target }) => onChange({ ...options, inviteRemoved: target.checked })}
      />
    </>
  );
}

/** Asks for a file, and reads it. */
function FileField({ onChoose }: { readonly onChoose: (file: File, text: string) => void }) {
  const t = useWords(invitationsWords);
  const id = useId();
  const [unreadable, setUnreadable] = useState(false);
  const last = useRef<File>(null);
  const choose = async (file: File | undefined) => {
    if (!file) return;
    last.current = file;
    // Read now: the file on the disk may change before it is sent.
    const bytes = await file.arrayBuffer().catch(() => null);
    if (last.current !== file) return; // another one was chosen meanwhile
    setUnreadable(bytes === null);
    if (bytes) onChoose(new File([bytes], file.name), new TextDecoder().decode(bytes));
  };
  return (
    <>
      <div className="field">
        <label htmlFor={id}>{t.file}</label>
        <input
          id={id}
          className="input"
          type="file"
          accept=".csv,.txt,.tsv,text/csv,text/plain"
          onClick={({ currentTarget }) => {
            currentTarget.value = ""; // the same file can be chosen again after it was corrected
          }}
          onChange={({ target }) => void choose(target.files?.[0])}
        />
      </div>
      <p role="alert" className="problem">
        {unreadable && t.unreadable}
      </p>
    </>
  );
}
