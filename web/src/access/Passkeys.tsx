import { lazy, Suspense } from "react";
import { graphql, useFragment } from "react-relay";
import { Badge } from "../parts/Badge.tsx";
import { Button } from "../parts/Button.tsx";
import { Day } from "../parts/Day.tsx";
import { type Column, Table } from "../parts/Table.tsx";
import { profileWords } from "../words/profile.ts";
import { useWords, withWords } from "../words/words.ts";
import type { Passkeys_user$data, Passkeys_user$key } from "./__generated__/Passkeys_user.graphql";
import { LastUsed } from "./LastUsed.tsx";
import { knowsPasskeys } from "./newPasskey.ts";
import { ProfilePart } from "./ProfilePart.tsx";

// Loaded when they open, so that the screen is there sooner.
const RemovePasskeyDialog = lazy(() => withWords(() => import("./RemovePasskeyDialog.tsx")));
const RenamePasskeyDialog = lazy(() => withWords(() => import("./RenamePasskeyDialog.tsx")));

interface Props {
  readonly user: Passkeys_user$key;
  /** The passkeys of the open dialogs. */
  readonly renamed: string | null;
  readonly removed: string | null;
  readonly onOpen: (of: { readonly rename: string } | { readonly remove: string }) => void;
  readonly onAdd: () => void;
  readonly onClose: () => void;
}

const fragment = graphql`
  fragment Passkeys_user on User {
    passkeys(first: 20) {
      nodes {
        id
        name
        device
        alone
        createdAt
        lastUsedAt
      }
    }
  }
`;

/** The viewer's passkeys. */
export function Passkeys({ user, renamed, removed, onOpen, onAdd, onClose }: Props) {
  const t = useWords(profileWords);
  const { passkeys } = useFragment(fragment, user);
  const columns = useColumns(onOpen);
  const rows = passkeys?.nodes ?? [];
  const find = (id: string | null) => rows.find((one) => one.id === id);
  const [toRename, toRemove] = [find(renamed), find(removed)];
  return (
    <ProfilePart title={t.passkeys}>
      <p className="quiet">{t.passkeysHint}</p>
      {rows.length > 0 && (
        <Table label={t.passkeys} rows={rows} keyOf={({ id }) => id} nameOf={({ name }) => name} columns={columns} />
      )}
      <Button reason={knowsPasskeys() ? null : t.passkeysUnknown} onClick={onAdd}>
        {t.addPasskey}
      </Button>
      <Suspense>
        {toRename && <RenamePasskeyDialog passkeyId={toRename.id} present={toRename.name} onClose={onClose} />}
        {toRemove && <RemovePasskeyDialog passkeyId={toRemove.id} name={toRemove.name} onClose={onClose} />}
      </Suspense>
    </ProfilePart>
  );
}

type Passkey = NonNullable<Passkeys_user$data["passkeys"]>["nodes"][number];

function useColumns(onOpen: Props["onOpen"]): readonly [Column<Passkey, never>, ...Column<Passkey, never>[]] {
  const t = useWords(profileWords);
  return [
    { title: t.name, cell: ({ name }) => <bdi>{name}</bdi> },
    {
      title: t.device,
      cell: ({ device, alone }) => (
        <>
          {t.devices[device]} {!alone && <Badge tone="warn">{t.notAlone}</Badge>}
        </>
      ),
    },
    { title: t.added, cell: ({ createdAt }) => <Day at={createdAt} /> },
    { title: t.lastUsed, cell: ({ lastUsedAt }) => <LastUsed at={lastUsedAt} /> },
    {
      title: t.action,
      cell: ({ id, name }) => (
        <div className="profile-buttons">
          <Button onClick={() => { onOpen({ rename: id }); }}>
            {t.rename}
            <span className="hidden-text">: {name}</span>
          </Button>
          <Button onClick={() => { onOpen({ remove: id }); }}>
            {t.remove}
            <span className="hidden-text">: {name}</span>
          </Button>
        </div>
      ),
    },
  ];
}
