// Checks schemas by the rules of Relay. Prints as JSON, for each schema, the findings that are not excepted, and the
// exceptions that except nothing.
// Usage: node lint.mjs SCHEMA…
import { readFileSync } from "node:fs";
import { dirname } from "node:path";
import { ESLint } from "eslint";
import { getLocation, parse, Source } from "graphql";
import { configuration, EXCEPTIONS } from "./eslint.config.mjs";

// Returns the lines on which each type and each of its fields stands.
function places(text) {
  const source = new Source(text);
  const found = [];
  const note = (name, { loc }) =>
    found.push({ name, first: getLocation(source, loc.start).line, last: getLocation(source, loc.end).line });
  for (const type of parse(source).definitions) {
    if (!type.fields) continue;
    note(type.name.value, type);
    for (const field of type.fields) note(`${type.name.value}.${field.name.value}`, field);
  }
  return found;
}

async function findings(path) {
  const text = readFileSync(path, "utf8");
  const eslint = new ESLint({ cwd: dirname(path), overrideConfigFile: true, overrideConfig: [configuration(path)] });
  const [{ messages }] = await eslint.lintText(text, { filePath: path });
  const within = places(text);
  const exceptions = Object.keys(EXCEPTIONS).map((key) => ({
    key,
    pattern: new RegExp(`^${key.replaceAll(".", "\\.").replaceAll("*", "\\w+")}$`),
  }));
  const used = new Set();
  const found = [];
  for (const { ruleId, line, message } of messages) {
    const place = within.findLast(({ first, last }) => first <= line && line <= last)?.name;
    const finding = `${ruleId?.split("/")[1]} ${place}`;
    const exception = exceptions.find(({ pattern }) => pattern.test(finding));
    if (exception) used.add(exception.key);
    else found.push(`${finding}: ${message}`);
  }
  return { found, unused: Object.keys(EXCEPTIONS).filter((key) => !used.has(key)) };
}

const told = {};
for (const path of process.argv.slice(2)) told[path] = await findings(path);
console.log(JSON.stringify(told));
