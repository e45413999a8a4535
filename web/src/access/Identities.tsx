import { graphql, useFragment } from "react-relay";
import { Button } from "../parts/Button.tsx";
import { Problems } from "../parts/Problems.tsx";
import { Table } from "../parts/Table.tsx";
import { useFormats } from "../words/formats.ts";
import { profileWords } from "../words/profile.ts";
import { useWords } from "../words/words.ts";
import type { Identities_query$key } from "./__generated__/Identities_query.graphql";
import type { IdentitiesLinkMutation } from "./__generated__/IdentitiesLinkMutation.graphql";
import { security } from "./routes.ts";
import { UnlinkDialog } from "./UnlinkDialog.tsx";
import { useConfirmed } from "./useConfirmed.tsx";

interface Props {
  readonly query: Identities_query$key;
  /** The sign-in that the open dialog is about. */
  readonly removed: string | null;
  readonly onRemove: (identityId: string) => void;
  readonly onClose: () => void;
}

/** The viewer's sign-ins at a provider. Nothing, if there is neither one nor a provider. */
export function Identities({ query, removed, onRemove, onClose }: Props) {
  const t = useWords(profileWords);
  const formats = useFormats();
  const { signInProviders, viewer } = useFragment(
    graphql`
      fragment Identities_query on Query {
        signInProviders {
          name
        }
        viewer {
          identities(first: 100) {
            nodes {
              id
              issuer
              createdAt
              lastUsedAt
            }
          }
        }
      }
    `,
    query,
  );
  const rows = viewer?.identities?.nodes ?? [];
  const toRemove = rows.find(({ id }) => id === removed);
  if (signInProviders.length === 0 && rows.length === 0) return null;
  return (
    <section className="profile-part">
      <h2>{t.identities}</h2>
      {rows.length > 0 ? (
        <Table
          label={t.identities}
          rows={rows}
          keyOf={({ id }) => id}
          nameOf={({ issuer }) => issuer}
          columns={[
            { title: t.provider, cell: ({ issuer }) => issuer },
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
              cell: ({ id, issuer }) => (
                <Button onClick={() => { onRemove(id); }}>
                  {t.remove}
                  <span className="hidden-text">: {issuer}</span>
                </Button>
              ),
            },
          ]}
        />
      ) : (
        <p className="quiet">{t.noIdentity}</p>
      )}
      {signInProviders.map(({ name }) => (
        <LinkButton key={name} name={name} />
      ))}
      {toRemove && <UnlinkDialog identityId={toRemove.id} issuer={toRemove.issuer} onClose={onClose} />}
    </section>
  );
}

/** Leads to the provider, where the person signs in. They come back to this screen. */
function LinkButton({ name }: { readonly name: string }) {
  const t = useWords(profileWords);
  const link = useConfirmed<IdentitiesLinkMutation>(graphql`
    mutation IdentitiesLinkMutation($input: LinkIdentityInput!) {
      linkIdentity(input: $input) {
        url
        errors {
          ...problems_error @relay(mask: false)
        }
      }
    }
  `);
  const press = async () => {
    const payload = await link.send({ returnTo: security.href({}), dryRun: false });
    if (payload?.url != null) location.assign(payload.url);
  };
  return (
    <>
      <Button pending={link.pending} onClick={() => void press()}>
        {t.addIdentity(name)}
      </Button>
      <Problems problems={link.problems} />
      {link.dialog}
    </>
  );
}
