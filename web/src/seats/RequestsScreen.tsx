import { graphql } from "react-relay";
import { EmptyState } from "../parts/EmptyState.tsx";
import { FilterBar, FilterSelect } from "../parts/FilterBar.tsx";
import { Paging } from "../parts/Paging.tsx";
import { useSurvivingPage } from "../parts/paging.ts";
import { Title } from "../parts/Title.tsx";
import { PeopleTabs } from "../people/PeopleTabs.tsx";
import { changeSearch } from "../router/changeSearch.ts";
import type { Screen } from "../router/route.ts";
import { NotFound } from "../shell/NotFound.tsx";
import { seatsWords } from "../words/seats.ts";
import { shellWords } from "../words/shell.ts";
import { useWords } from "../words/words.ts";
import { AnswerDialog } from "./AnswerDialog.tsx";
import { RequestsTable } from "./RequestsTable.tsx";
import { REQUEST_STATES, requests as requestsRoute } from "./routes.ts";

export const query = graphql`
  query RequestsScreenQuery(
    $team: ID!
    $state: RequestState
    $first: Int
    $after: String
    $last: Int
    $before: String
  ) @preloadable {
    ...Shell_query
    team(id: $team) {
      viewerCan(actions: [POOLS_READ]) {
        allowed
      }
      requests(state: $state, first: $first, after: $after, last: $last, before: $before) {
        totalCount
        nodes {
          id
          ...RequestsTable_requests
          ...AnswerDialog_request
        }
        pageInfo {
          hasNextPage
          hasPreviousPage
          startCursor
          endCursor
        }
      }
    }
  }
`;

/** The requests for seats of the members of a team, to be answered. */
export default function RequestsScreen({ data, params, search }: Screen<typeof requestsRoute>) {
  const t = useWords(seatsWords);
  const shell = useWords(shellWords);
  const change = changeSearch(requestsRoute, params);
  const close = () => change({ grant: null, deny: null }, { replace: true });
  const requests = data.team?.requests;
  const total = requests?.totalCount ?? 0;
  useSurvivingPage(search.at, requests?.nodes.length ?? 0, total, (at) => change({ at }, { replace: true }));
  if (!data.team || !requests || !data.team.viewerCan.every(({ allowed }) => allowed)) return <NotFound />;
  const answered = requests.nodes.find(({ id }) => id === (search.grant ?? search.deny));
  return (
    <>
      <Title>{shell.people}</Title>
      <PeopleTabs team={params.team} current="requests" />
      <StateFilter state={search.state} onChange={(state) => change({ state, at: null })} />
      {requests.nodes.length > 0 ? (
        <RequestsTable
          team={params.team}
          requests={requests.nodes}
          onAnswer={(id, grant) => change(grant ? { grant: id } : { deny: id })}
        />
      ) : (
        <EmptyState title={t.noRequests} hint={t.noRequestsHint} />
      )}
      <Paging
        info={requests.pageInfo}
        total={total}
        size={search.size}
        onPlace={(at) => change({ at })}
        onSize={(size) => change({ size, at: null })}
      />
      {answered && <AnswerDialog key={answered.id} request={answered} grant={search.grant !== null} onClose={close} />}
    </>
  );
}

type State = Screen<typeof requestsRoute>["search"]["state"];

function StateFilter({ state, onChange }: { readonly state: State; readonly onChange: (state: State) => void }) {
  const t = useWords(seatsWords);
  return (
    <FilterBar active={state !== "OPEN"} onClear={() => onChange("OPEN")}>
      <FilterSelect
        label={t.requestState}
        value={state === "ANY" ? null : state}
        options={REQUEST_STATES.map((id) => ({ id, text: t.requestsOf[id] }))}
        onChange={(chosen) => onChange(chosen ?? "ANY")}
      />
    </FilterBar>
  );
}
