// Compiles the samples against schema.graphql as the build of a user interface does: with codegen, gql.tada and Relay's
// compiler. Then it bundles the stories that use them.
// Usage: node build.mjs
import { execFileSync } from "node:child_process";
import { copyFileSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { generate, loadCodegenConfig } from "@graphql-codegen/cli";
import { generateOutput } from "@gql.tada/cli-utils";
import { build } from "esbuild";
import relayCompiler from "relay-compiler";

const pathOf = (name) => new URL(name, import.meta.url).pathname;
const SAMPLES = pathOf("samples");
const TAG = /graphql`\s*(?:query|mutation|fragment)\s+(\w+)[^`]*`/g;

// Replaces each graphql`…` of a file by an import of what Relay's compiler wrote for it.
function withArtifacts({ path }) {
  const imports = [];
  const code = readFileSync(path, "utf8").replace(TAG, (_, name) => {
    imports.push(`import ${name} from "./__generated__/${name}.graphql";`);
    return name;
  });
  return { contents: imports.join("") + code, loader: "ts" };
}

copyFileSync(pathOf("../../schema.graphql"), `${SAMPLES}/schema.graphql`);
// Relay's compiler does not make this file, and adds only documents of which it has no artifact yet.
writeFileSync(`${SAMPLES}/persisted-documents.json`, "{}");
rmSync(`${SAMPLES}/src/relay/__generated__`, { recursive: true, force: true });
execFileSync(relayCompiler, ["relay.config.json"], { cwd: SAMPLES, stdio: ["ignore", "ignore", "inherit"] });
await generateOutput({ output: undefined, tsconfig: `${SAMPLES}/tsconfig.json`, silent: true });
const { config } = await loadCodegenConfig({ configFilePath: `${SAMPLES}/codegen.ts` });
await generate({ ...config, cwd: SAMPLES, silent: true });
await build({
  absWorkingDir: pathOf("."),
  entryPoints: ["stories/main.ts"],
  outfile: "build/stories.mjs",
  bundle: true,
  platform: "node",
  format: "esm",
  plugins: [{ name: "relay", setup: ({ onLoad }) => onLoad({ filter: /samples.src.relay.\w+\.ts$/ }, withArtifacts) }],
  logLevel: "warning",
});
