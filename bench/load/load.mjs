// Reads lines of JSON from standard input. For each line it sends requests to one address with autocannon, and writes a
// line of JSON.
//
// { url, headers, connections, seconds | requests, bodies, kinds }: connection n sends the requests of
// bodies[n % bodies.length] one after the other, and begins again at the end. `kinds` names the kind of each of these
// requests. Requests that are running after the seconds are awaited and counted, and so is the time that they take. For
// all requests and for each kind, the answer has the number of answers, and p50 and p99 in ms. Latencies come from
// autocannon's `response` events, because its own histogram has whole milliseconds.

import { createInterface } from 'node:readline'
import autocannon from 'autocannon'

const GUARD_SECONDS = 600

function percentile(sorted, share) {
  return sorted.length ? sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] : null
}

function figures(times) {
  times.sort((a, b) => a - b)
  return { count: times.length, p50: percentile(times, 0.5), p99: percentile(times, 0.99) }
}

function drive({ url, headers, connections, seconds, requests, bodies, kinds }) {
  const clients = new Map()
  const times = Object.fromEntries(kinds.map((kind) => [kind, []]))
  const started = performance.now()
  let last = started
  const path = new URL(url).pathname
  const options = {
    url,
    connections,
    method: 'POST',
    headers,
    sampleInt: 20,
    timeout: GUARD_SECONDS, // autocannon would give up after 10 s, which a slow contender on a busy machine needs
    ...(requests ? { amount: requests } : { duration: GUARD_SECONDS }),
    setupClient(client) {
      const turn = bodies[clients.size % bodies.length]
      clients.set(client, 0)
      client.setRequests(turn.map((body) => ({ method: 'POST', path, headers, body })))
    },
    verifyBody: (body) => body.startsWith('{"data":') && !body.includes('"errors":[{')
  }
  return new Promise((resolve, reject) => {
    const running = autocannon(options, (error, result) => {
      if (error) return reject(error)
      resolve({
        seconds: (last - started) / 1000,
        failures: result.errors + result.non2xx + result.mismatches,
        all: figures(Object.values(times).flat()),
        kinds: Object.fromEntries(Object.entries(times).map(([kind, took]) => [kind, figures(took)]))
      })
    })
    running.on('response', (client, _status, _bytes, took) => {
      const place = clients.get(client)
      clients.set(client, place + 1)
      times[kinds[place % kinds.length]].push(took)
      last = performance.now()
    })
    // `stop()` would cut the connections, and requests that this contender still works on would slow down the next one.
    if (seconds) setTimeout(() => clients.forEach((_, client) => { client.responseMax = client.reqsMade }), seconds * 1000)
  })
}

for await (const line of createInterface({ input: process.stdin })) {
  const answer = await drive(JSON.parse(line)).catch((error) => ({ error: String(error) }))
  process.stdout.write(JSON.stringify(answer) + '\n')
}
