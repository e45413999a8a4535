import { graphql, useFragment } from "react-relay";
import { Badge } from "../parts/Badge.tsx";
import { Button } from "../parts/Button.tsx";
import { Table } from "../parts/Table.tsx";
import { useFormats } from "../words/formats.ts";
import { profileWords } from "../words/profile.ts";
import { useWords } from "../words/words.ts";
import type { Passkeys_user$key } from "./__generated__/Passkeys_user.graphql";
import { knowsPasskeys } from "./newPasskey.ts";
import { RemovePasskeyDialog } from "./RemovePasskeyDialog.tsx";
import { RenamePasskeyDialog } from "./RenamePasskeyDialog.tsx";

interface Props {
  readonly user: Passkeys_user$key;
  /** The passkeys of the open dialogs. */
  readonly renamed: string | null;
  readonly removed: string | null;
  readonly onOpen: (of: { readonly rename: string } | { readonly remove: string }) => void;
  readonly onAdd: () => void;
  readonly onClose: () => void;
}

/** The viewer's passkeys. */
export function Passkeys({ user, renamed, removed, onOpen, onAdd, onClose }: Props) {
  const t = useWords(profileWords);
  const formats = useFormats();
  const { passkeys } = useFragment(
    graphql`
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
    `,
    user,
  );
  const rows = passkeys?.nodes ?? [];
  const find = (id: string | null) => rows.find((one) => one.id === id);
  const [toRename, toRemove] = [find(renamed), find(removed)];
  return (
    <section className="profile-part">
      <h2>{t.passkeys}</h2>
      <p className="quiet">{t.passkeysHint}</p>
      {rows.length > 0 && (
        <Table
          label={t.passkeys}
          rows={rows}
          keyOf={({ id }) => id}
          nameOf={({ name }) => name}
          columns={[
            { title: t.name, cell: ({ name }) => <bdi>{name}</bdi> },
            {
              title: t.device,
              cell: ({ device, alone }) => (
                <>
                  {t.devices[device]} {!alone && <Badge tone="warn">{t.notAlone}</Badge>}
                </>
              ),
            },
            {
              title: t.added,
              cell: ({ createdAt }) => <time className="nowrap" dateTime={createdAt}>{formats.date(createdAt)}</time>,
            },
            {
              title: t.lastUsed,
              cell: ({ lastUsedAt }) =>
                lastUsedAt === null ? (
                  <span className="quiet">{t.never}</span>
                ) : (
                  <time className="nowrap" dateTime={lastUsedAt} title={formats.moment(lastUsedAt)}>
                    {formats.ago(lastUsedAt)}
                  </time>
                ),
            },
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
          ]}
        />
      )}
      <Button reason={knowsPasskeys() ? null : t.passkeysUnknown} onClick={onAdd}>
        {t.addPasskey}
      </Button>
      {toRename && <RenamePasskeyDialog passkeyId={toRename.id} present={toRename.name} onClose={onClose} />}
      {toRemove && <RemovePasskeyDialog passkeyId={toRemove.id} name={toRemove.name} onClose={onClose} />}
    </section>
  );
}
