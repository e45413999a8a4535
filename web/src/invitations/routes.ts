import { route } from "../router/route.ts";
import { oneOf } from "../router/search.ts";
import inviteQuery from "./__generated__/InviteScreenQuery$parameters.ts";

/** Invite users: by hand, or from a file. */
export const invite = route({
  name: "invite",
  path: "/teams/:team/people/invite",
  search: { by: oneOf(["hand", "file"]) },
  query: inviteQuery,
  variables: ({ team }) => ({ team }),
  screen: () => import("./InviteScreen.tsx"),
});

export const invitationsRoutes = [invite];
