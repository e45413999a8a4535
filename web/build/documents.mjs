// Runs the Relay compiler from nothing, so that `documents.json` has exactly the documents of the present sources: the
// compiler itself never takes one away. With `--check` it fails if the file of the commit differs.
import { execFileSync } from "node:child_process";
import { globSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import compiler from "relay-compiler";

const MANIFEST = "documents.json";
const before = readFileSync(MANIFEST, "utf8");
// Only the compiler knows which of these are still needed. It writes them again in less than a second.
for (const folder of globSync("src/**/__generated__")) rmSync(folder, { recursive: true });
writeFileSync(MANIFEST, "{}\n");
try {
  execFileSync(compiler, ["--output=quiet-with-errors"], { stdio: ["ignore", "inherit", "inherit"] });
} catch {
  writeFileSync(MANIFEST, before); // the compiler has said what is wrong
  process.exit(1);
}
const documents = JSON.parse(readFileSync(MANIFEST, "utf8"));
const sorted = Object.entries(documents).sort(([one], [other]) => (one < other ? -1 : 1));
const after = `${JSON.stringify(Object.fromEntries(sorted), null, 2)}\n`;
if (process.argv.includes("--check")) {
  writeFileSync(MANIFEST, before);
  if (after !== before) {
    console.error("web/documents.json is not what the sources say. Run `make documents`, and read the difference.");
    process.exit(1);
  }
} else {
  writeFileSync(MANIFEST, after);
}
