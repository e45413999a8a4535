// Prints the manifest that codegen's client preset writes for an operation: the file persisted-documents.json.
// Usage: node codegen.mjs SCHEMA OPERATION [ALGORITHM]
import { readFileSync } from "node:fs";
import { preset } from "@graphql-codegen/client-preset";
import { codegen } from "@graphql-codegen/core";
import { buildSchema, parse } from "graphql";

const [path, operation, hashAlgorithm] = process.argv.slice(2);
const text = readFileSync(path, "utf8");
const outputs = await preset.buildGeneratesSection({
  baseOutputDir: "generated/",
  schema: parse(text),
  schemaAst: buildSchema(text),
  documents: [{ location: "operation.ts", document: parse(operation), rawSDL: operation }],
  config: {},
  presetConfig: { persistedDocuments: { hashAlgorithm } },
  plugins: [],
  pluginMap: {},
});
for (const output of outputs) {
  const content = await codegen(output);
  if (output.filename.endsWith("persisted-documents.json")) console.log(content);
}
