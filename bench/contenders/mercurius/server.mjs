// Fastify and Mercurius with graphql-jit and loaders, on postgres.js: the fastest common combination in Node.js.

import { createHash } from 'node:crypto'
import Fastify from 'fastify'
import { GraphQLScalarType } from 'graphql'
import mercurius from 'mercurius'
import postgres from 'postgres'

const ADMINS = new Set(['software_coordinator', 'contract_manager'])
const sql = postgres({ max: 16, onnotice: () => {} }) // reads PGHOST, PGUSER and PGDATABASE

const schema = `
  scalar Date
  scalar DateTime
  enum Role { USER SOFTWARE_COORDINATOR CONTRACT_MANAGER }
  type Query { viewer: User!  team(id: ID!): Team! }
  type Team { id: ID!  name: String!  members(first: Int! = 20, after: String): MemberConnection! }
  type MemberConnection { nodes: [Member!]!  pageInfo: PageInfo! }
  type PageInfo { hasNextPage: Boolean!  endCursor: String }
  type Member {
    id: ID!  role: Role!  joinedAt: DateTime!  user: User!  seats(first: Int! = 20): SeatConnection!
    unassignedProducts: [Pool!]  groups(first: Int! = 20): GroupConnection
  }
  type Pool { product: Product!  total: Int!  available: Int! }
  type GroupConnection { nodes: [Group!]! }
  type Group { id: ID!  name: String! }
  type User { id: ID!  name: String!  email: String  seats(teamId: ID, first: Int! = 20): SeatConnection! }
  type SeatConnection { nodes: [Seat!]!  totalCount: Int! }
  type Seat { id: ID!  assignedAt: DateTime  product: Product!  usage(since: Date!, until: Date!): Usage }
  type Product { id: ID!  name: String! }
  type Usage { hours: Float!  sessions: Int!  lastUsedAt: DateTime }
`

const person = (row, teamId) => ({
  id: row.user_id,
  name: `${row.first_name} ${row.last_name}`.trim(),
  address: row.email,
  teamId
})

const isAdmin = (actor, teamId) => ADMINS.has(actor.roles[teamId])

function allow(actor, teamId, ownerId) {
  if (ownerId !== actor.id && !isAdmin(actor, teamId)) throw new Error('refused')
}

async function members(team, { first, after }, { actor }) {
  allow(actor, team.id)
  const key = after ? JSON.parse(Buffer.from(after, 'base64url').toString()) : null
  const rows = await sql`
    select m.id, m.role, m.created_at, u.id as user_id, u.first_name, u.last_name, u.email,
           u.name_key
    from memberships m join users u on u.id = m.user_id
    where m.team_id = ${team.id}
      ${key ? sql`and (u.name_key, m.id) > (${key[0]}, ${key[1]})` : sql``}
    order by u.name_key, m.id
    limit ${first + 1}`
  const page = rows.slice(0, first)
  const end = page.at(-1)
  return {
    nodes: page.map((row) => ({
      id: row.id,
      role: row.role.toUpperCase(),
      joinedAt: row.created_at,
      user: person(row, team.id)
    })),
    pageInfo: {
      hasNextPage: rows.length > first,
      endCursor: end ? Buffer.from(JSON.stringify([end.name_key, end.id])).toString('base64url') : null
    }
  }
}

const resolvers = {
  Date: new GraphQLScalarType({ name: 'Date' }),
  DateTime: new GraphQLScalarType({ name: 'DateTime', serialize: (value) => value.toISOString() }),
  Query: {
    viewer: async (_, __, { actor }) => {
      const [row] = await sql`select id as user_id, first_name, last_name, email from users where id = ${actor.id}`
      return person(row, null)
    },
    team: async (_, { id }, { actor }) => {
      if (!actor.roles[id]) throw new Error('no such team')
      const [row] = await sql`select id, name from teams where id = ${id}`
      return row
    }
  },
  Team: { members },
  Member: {
    seats: ({ user }, { first }, { actor }) => {
      allow(actor, user.teamId, user.id)
      return { holderId: user.id, teamId: user.teamId, first }
    },
    groups: ({ user }, { first }, { actor }) => {
      allow(actor, user.teamId)
      return { userId: user.id, teamId: user.teamId, first }
    }
  },
  User: {
    email: (user, _, { actor }) => {
      allow(actor, user.teamId, user.id)
      return user.address
    },
    seats: (user, { teamId, first }, { actor }) => {
      allow(actor, teamId, user.id)
      return { holderId: user.id, teamId: teamId ?? null, first }
    }
  }
}

const grouped = (rows, key) => {
  const found = new Map()
  for (const row of rows) {
    const list = found.get(row[key])
    if (list) list.push(row)
    else found.set(row[key], [row])
  }
  return found
}

// It is faster without the loaders' cache, because the keys of the cache are the objects as JSON.
const uncached = (loader) => ({ loader, opts: { cache: false } })

const holders = (queries) => queries.map(({ obj }) => obj.holderId)

const loaders = {
  Member: {
    unassignedProducts: uncached(async (queries, { actor }) => {
      const { teamId } = queries[0].obj.user
      allow(actor, teamId)
      const [counted, seats] = await Promise.all([
        sql`
          select p.id, p.name, count(*)::int as total, (count(*) - count(s.holder_id))::int as available
          from seats s
          join subscriptions b on b.team_id = s.team_id and b.id = s.subscription_id
          join products p on p.id = s.product_id
          where s.team_id = ${teamId} and s.retired_at is null
            and current_date between b.starts_on and b.held_until
            and (s.holder_id is not null or current_date <= b.ends_on)
          group by p.id
          order by p.name_key, p.id`,
        sql`
          select holder_id, product_id from seats
          where team_id = ${teamId} and holder_id = any(${queries.map(({ obj }) => obj.user.id)})`
      ])
      const pools = counted.map(({ id, name, total, available }) => ({ product: { id, name }, total, available }))
      const held = new Set(seats.map((row) => row.holder_id + row.product_id))
      return queries.map(({ obj }) => pools.filter(({ product }) => !held.has(obj.user.id + product.id)))
    })
  },
  GroupConnection: {
    nodes: uncached(async (queries) => {
      const rows = await sql`
        select m.user_id, g.id, g.name
        from group_members m join groups g on g.team_id = m.team_id and g.id = m.group_id
        where m.team_id = ${queries[0].obj.teamId} and m.user_id = any(${queries.map(({ obj }) => obj.userId)})
        order by g.name_key, g.id`
      const groups = grouped(rows, 'user_id')
      return queries.map(({ obj }) => (groups.get(obj.userId) ?? []).slice(0, obj.first))
    })
  },
  SeatConnection: {
    nodes: uncached(async (queries) => {
      const { teamId } = queries[0].obj
      const rows = await sql`
        select id, team_id, product_id, holder_id, assigned_at as "assignedAt" from seats
        where holder_id = any(${holders(queries)}) ${teamId ? sql`and team_id = ${teamId}` : sql``}
        order by id`
      const held = grouped(rows, 'holder_id')
      return queries.map(({ obj }) => (held.get(obj.holderId) ?? []).slice(0, obj.first))
    }),
    totalCount: uncached(async (queries) => {
      const { teamId } = queries[0].obj
      const rows = await sql`
        select holder_id, count(*)::int as number from seats
        where holder_id = any(${holders(queries)}) ${teamId ? sql`and team_id = ${teamId}` : sql``}
        group by holder_id`
      const counts = new Map(rows.map((row) => [row.holder_id, row.number]))
      return queries.map(({ obj }) => counts.get(obj.holderId) ?? 0)
    })
  },
  Seat: {
    product: uncached(async (queries) => {
      const ids = [...new Set(queries.map(({ obj }) => obj.product_id))]
      const rows = await sql`select id, name from products where id = any(${ids})`
      const found = new Map(rows.map((row) => [row.id, row]))
      return queries.map(({ obj }) => found.get(obj.product_id))
    }),
    usage: uncached(async (queries, { actor }) => {
      for (const { obj } of queries) allow(actor, obj.team_id, obj.holder_id)
      const { since, until } = queries[0].params
      const rows = await sql`
        select s.id, coalesce(u.minutes, 0)::int as minutes, coalesce(u.sessions, 0)::int as sessions, u.last
        from seats s cross join lateral (
          select sum(minutes) as minutes, sum(sessions) as sessions, max(last_used_at) as last from seat_usage
          where team_id = s.team_id and seat_id = s.id and user_id = s.holder_id and day between ${since} and ${until}
        ) u
        where s.id = any(${queries.map(({ obj }) => obj.id)})`
      const sums = new Map(rows.map((row) => [row.id, row]))
      return queries.map(({ obj }) => {
        const { minutes, sessions, last } = sums.get(obj.id)
        return { hours: minutes / 60, sessions, lastUsedAt: last }
      })
    })
  }
}

async function context(request) {
  const token = (request.headers.authorization ?? '').replace('Bearer ', '')
  const hash = createHash('sha256').update(token).digest()
  const rows = await sql`
    select s.user_id, m.team_id, m.role from sessions s left join memberships m on m.user_id = s.user_id
    where s.token_hash = ${hash} and s.ended_at is null and s.expires_at > now()`
  if (!rows.length) throw new Error('sign in first')
  return { actor: { id: rows[0].user_id, roles: Object.fromEntries(rows.map((row) => [row.team_id, row.role])) } }
}

const app = Fastify()
app.register(mercurius, { schema, resolvers, loaders, context, jit: 1 })
await app.listen({ host: '127.0.0.1', port: Number(process.env.PORT) })
process.on('SIGTERM', async () => {
  await app.close()
  await sql.end()
})
