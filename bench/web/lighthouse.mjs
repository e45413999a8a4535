// Rates addresses with Lighthouse in a browser that runs already. Reads `{port, cookie, addresses}` from its input and
// prints one line of JSON for each address: the scores, and what took points away.
import { readFileSync } from "node:fs";
import lighthouse, { desktopConfig } from "lighthouse";

const { port, cookie, addresses } = JSON.parse(readFileSync(0, "utf8"));
const flags = {
  port,
  logLevel: "error",
  onlyCategories: ["performance", "accessibility", "best-practices"],
  extraHeaders: { Cookie: cookie },
};

// Now and then the browser records no beginning of a page (NO_NAVSTART). Then it says to try again.
const TRIES = 4;

async function rated(address) {
  for (let left = TRIES; ; left -= 1) {
    const result = await lighthouse(address, flags, desktopConfig);
    const error = result ? result.lhr.runtimeError : { message: `No result for ${address}` };
    if (!error) return result;
    if (left === 1) throw new Error(error.message);
  }
}

for (const address of addresses) {
  const result = await rated(address);
  const { categories, audits } = result.lhr;
  const scores = Object.fromEntries(Object.values(categories).map(({ id, score }) => [id, Math.round((score ?? 0) * 100)]));
  const faults = Object.values(categories)
    .filter(({ id }) => id !== "performance")
    .flatMap(({ auditRefs }) => auditRefs)
    .filter(({ id, weight }) => weight > 0 && audits[id].score !== null && audits[id].score < 1)
    .map(({ id }) => id);
  console.log(JSON.stringify({ address, scores, faults }));
}
