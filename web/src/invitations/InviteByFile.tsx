import { useId, useState } from "react";
import { graphql, useFragment } from "react-relay";
import { useDryRun } from "../graph/useMutation.ts";
import { useTried } from "../graph/useTried.ts";
import { CheckField, SelectField } from "../parts/Field.tsx";
import { Section } from "../parts/Section.tsx";
import { ModeField, type ShortageMode } from "../seats/ModeField.tsx";
import { invitationsWords } from "../words/invitations.ts";
import { useWords } from "../words/words.ts";
import type { InviteByFile_team$key } from "./__generated__/InviteByFile_team.graphql";
import type { importingMutation } from "./__generated__/importingMutation.graphql";
import { type CsvText, divided } from "./csv.ts";
import { FileImport } from "./FileImport.tsx";
import { HowTo } from "./HowTo.tsx";
import { IMPORT, type ImportOptions } from "./importing.ts";
import { type ImportProblem, malformed } from "./verdicts.ts";

interface Chosen {
  readonly file: File;
  readonly text: string;
  /** Each choice is another one, also of the same file, which may have been corrected. */
  readonly number: number;
}

/** A file as Usher sees it. */
export interface Checked {
  readonly csv: CsvText;
  readonly problems: readonly ImportProblem[];
  /** Whether Usher takes no row of it. */
  readonly refused: boolean;
}

const FILE = "variables.input.file";

/** Invites the people in a CSV file: first a preview of each row, and then the import. */
export function InviteByFile({ team: of }: { readonly team: InviteByFile_team$key }) {
  const t = useWords(invitationsWords);
  const id = useId();
  const team = useTeam(of);
  const [chosen, setChosen] = useState<Chosen | null>(null);
  const [unreadable, setUnreadable] = useState(false);
  const [productId, setProductId] = useState("");
  const [inviteRemoved, setInviteRemoved] = useState(false);
  const [shortage, setShortage] = useState<ShortageMode>("BEST_EFFORT");
  const dry = useDryRun<importingMutation>(IMPORT);
  const mode = shortage === "WAITLIST" ? "WAITLIST" : "BEST_EFFORT";
  const options: ImportOptions = { teamId: team.id, productId: productId || null, inviteRemoved, mode };
  const choice = chosen && JSON.stringify([chosen.number, options]);
  const checked = useTried<Checked>(choice, async () => {
    if (!chosen) return null;
    const payload = await dry.send({ ...options, file: null, dryRun: true }, { files: { [FILE]: chosen.file } });
    if (!payload) return null;
    const { problems, rows } = payload;
    return { csv: divided(chosen.text, malformed(problems)), problems, refused: rows === 0 };
  });
  const choose = async (file: File | undefined) => {
    if (!file) return;
    // Read now: the file on the disk may change before it is sent.
    const bytes = await file.arrayBuffer().catch(() => null);
    setUnreadable(bytes === null);
    if (!bytes) return;
    const text = new TextDecoder().decode(bytes);
    setChosen({ file: new File([bytes], file.name), text, number: (chosen?.number ?? 0) + 1 });
  };
  return (
    <>
      <HowTo />
      <div className="form">
        <SelectField
          name="productId"
          label={t.product}
          required={false}
          value={productId}
          onChange={({ target }) => {
            setProductId(target.value);
          }}
        >
          <option value="">{t.noProduct}</option>
          {(team.pools ?? []).map(({ product }) => (
            <option key={product.id} value={product.id}>
              {product.name}
            </option>
          ))}
        </SelectField>
        <ModeField value={shortage} without="ALL_OR_NOTHING" onChange={setShortage} />
        <CheckField
          name="inviteRemoved"
          label={t.again}
          checked={inviteRemoved}
          onChange={({ target }) => {
            setInviteRemoved(target.checked);
          }}
        />
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
      </div>
      <p role="alert" className="problem">
        {unreadable && t.unreadable}
      </p>
      <p role="status">{dry.pending && t.checking}</p>
      {checked && choice !== null && (
        <Section title={t.nothingYet}>
          <FileImport key={choice} checked={checked} options={options} viewerCan={team.importing} />
        </Section>
      )}
    </>
  );
}

function useTeam(team: InviteByFile_team$key) {
  return useFragment(
    graphql`
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
    `,
    team,
  );
}
