// Fails if a screen makes the browser load too much. Reads what `vite build` wrote.
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const BUNDLE = new URL("../../gateway/http/console_bundle/", import.meta.url);
const FIRST = 250_000;
const FURTHER = 25_000;
const manifest = JSON.parse(readFileSync(new URL("manifest.json", BUNDLE), "utf8"));
const sizes = new Map();

const size = (file) => {
  if (!sizes.has(file)) sizes.set(file, gzipSync(readFileSync(new URL(file, BUNDLE)), { level: 9 }).length);
  return sizes.get(file);
};

// Returns the scripts that the browser loads for an entry of the manifest, those that it imports at once included, and
// the texts of a person who reads German, which are loaded with the code that uses them.
function scripts(key, found = new Set()) {
  const entry = manifest[key];
  if (found.has(entry.file)) return found;
  found.add(entry.file);
  for (const other of entry.imports ?? []) scripts(other, found);
  for (const other of entry.dynamicImports ?? []) if (other.endsWith(".de.ts")) scripts(other, found);
  return found;
}

const sum = (files) => [...files].reduce((total, file) => total + size(file), 0);
const start = scripts("index.html");
const further = Object.entries(manifest)
  .filter(([, entry]) => entry.isDynamicEntry)
  .map(([key]) => [key, sum([...scripts(key)].filter((file) => !start.has(file)))]);
const screens = further.filter(([key]) => key.endsWith("Screen.tsx"));
const largest = Math.max(0, ...screens.map(([, bytes]) => bytes));
const lines = [["start", sum(start)], ["first screen", sum(start) + largest], ...further];
for (const [name, bytes] of lines) console.log(`${String((bytes / 1000).toFixed(1)).padStart(7)} kB  ${name}`);
const tooLarge = further.filter(([, bytes]) => bytes > FURTHER).map(([key]) => key);
if (sum(start) + largest > FIRST) tooLarge.unshift(`the first screen (over ${FIRST / 1000} kB)`);
if (tooLarge.length) {
  console.error(`Too much JavaScript: ${tooLarge.join(", ")}. One further screen may have ${FURTHER / 1000} kB.`);
  process.exit(1);
}
