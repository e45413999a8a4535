import { lazy, Suspense } from "react";
import { graphql, useFragment } from "react-relay";
import { Button } from "../parts/Button.tsx";
import { Day } from "../parts/Day.tsx";
import { Problems } from "../parts/Problems.tsx";
import { type Column, Table } from "../parts/Table.tsx";
import { profileWords } from "../words/profile.ts";
import { useWords, withWords } from "../words/words.ts";
import type { Identities_query$data, Identities_query$key } from "./__generated__/Identities_query.graphql";
import type { IdentitiesLinkMutation } from "./__generated__/IdentitiesLinkMutation.graphql";
import { LastUsed } from "./LastUsed.tsx";
import { ProfilePart } from "./ProfilePart.tsx";
import { security } from "./routes.ts";
import { useConfirmed } from "./useConfirmed.tsx";

// Loaded when it opens, so that the screen is there sooner.
const UnlinkDialog = lazy(() => withWords(() => import("./UnlinkDialog.tsx")));

interface Props {
  readonly query: Identities_query$key;
  /** The sign-in that the open dialog is about. */
  readonly removed: string | null;
  readonly onRemove: (identityId: string) => void;
  readonly onClose: () => void;
}

const fragment = graphql`
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
`;

/** The viewer's sign-ins at a provider. Nothing, if there is neither one nor a provider. */
export function Identities({ query, removed, onRemove, onClose }: Props) {
  const t = useWords(profileWords);
  const { signInProviders, viewer } = useFragment(fragment, query);
  const columns = useColumns(onRemove);
  const rows = viewer?.identities?.nodes ?? [];
  const toRemove = rows.find(({ id }) => id === removed);
  if (signInProviders.length === 0 && rows.length === 0) return null;
  return (
    <ProfilePart title={t.identities}>
      {rows.length > 0 ? (
        <Table label={t.identities} rows={rows} keyOf={({ id }) => id} nameOf={({ issuer }) => issuer} columns={columns} />
      ) : (
        <p className="quiet">{t.noIdentity}</p>
      )}
      {signInProviders.map(({ name }) => (
        <LinkButton key={name} name={name} />
      ))}
      <Suspense>
        {toRemove && <UnlinkDialog identityId={toRemove.id} issuer={toRemove.issuer} onClose={onClose} />}
      </Suspense>
    </ProfilePart>
  );
}

type Identity = NonNullable<NonNullable<Identities_query$data["viewer"]>["identities"]>["nodes"][number];

function useColumns(onRemove: Props["onRemove"]): readonly [Column<Identity, never>, ...Column<Identity, never>[]] {
  const t = useWords(profileWords);
  return [
    { title: t.provider, cell: ({ issuer }) => <bdi>{issuer}</bdi> },
    { title: t.added, cell: ({ createdAt }) => <Day at={createdAt} /> },
    { title: t.lastUsed, cell: ({ lastUsedAt }) => <LastUsed at={lastUsedAt} /> },
    {
      title: t.action,
      cell: ({ id, issuer }) => (
        <Button onClick={() => { onRemove(id); }}>
          {t.remove}
          <span className="hidden-text">: {issuer}</span>
        </Button>
      ),
    },
  ];
}

const linkMutation = graphql`
  mutation IdentitiesLinkMutation($input: LinkIdentityInput!) {
    linkIdentity(input: $input) {
      url
      errors {
        ...problems_error @relay(mask: false)
      }
    }
  }
`;

/** Leads to the provider, where the person signs in. They come back to this screen. */
function LinkButton({ name }: { readonly name: string }) {
  const t = useWords(profileWords);
  const link = useConfirmed<IdentitiesLinkMutation>(linkMutation);
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
