// Bundles GraphiQL into a folder: index.html, its files with a hash in each name, and the licences of
// what is inside.
// Usage: node build.mjs FOLDER
import { build } from "esbuild";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";

const WORKERS = {
  editor: "monaco-editor/esm/vs/editor/editor.worker.js",
  graphql: "monaco-graphql/esm/graphql.worker.js",
  json: "monaco-editor/esm/vs/language/json/json.worker.js",
};
const LICENCE = /^(licen[cs]e|copying|notice|thirdpartynotices)([.-]|$)/i;
// Packages without a text of their own: the package of the same repository that has it.
const SAME_LICENCE = {
  "@graphiql/plugin-doc-explorer": "graphiql",
  "@graphiql/plugin-history": "graphiql",
  "react-compiler-runtime": "react",
  "react-remove-scroll-bar": "react-remove-scroll",
};

const folder = process.argv[2];
const inputs = new Set();

// Runs esbuild. Returns the path of each output, by the extension and the entry it comes from.
async function bundle(entryPoints, options) {
  const { metafile } = await build({
    entryPoints,
    outdir: folder,
    entryNames: "[name]-[hash]",
    assetNames: "[name]-[hash]",
    bundle: true,
    minify: true,
    charset: "utf8",
    target: ["es2022"],
    loader: { ".ttf": "file" },
    define: { "process.env.NODE_ENV": '"production"' },
    legalComments: "none",
    metafile: true,
    logLevel: "warning",
    ...options,
  });
  Object.keys(metafile.inputs).forEach((path) => inputs.add(path));
  return metafile.outputs;
}

// Returns the file that an entry became.
const outputOf = (outputs, entry) =>
  basename(Object.keys(outputs).find((path) => outputs[path].entryPoint?.endsWith(entry)));

// Returns the folder of each package of which a file was bundled.
function packages() {
  const found = new Set();
  for (const path of inputs) {
    const match = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path);
    if (match) found.add(match[0]);
  }
  return [...found].sort();
}

// Returns the licence texts in a folder.
const textsIn = (path) =>
  readdirSync(path)
    .filter((file) => LICENCE.test(file))
    .sort()
    .map((file) => readFileSync(join(path, file), "utf8").trim());

// Returns the name, version and licence texts of a package. Throws if it has no text.
function licence(path) {
  const { name, version, license } = JSON.parse(readFileSync(join(path, "package.json"), "utf8"));
  const texts = textsIn(SAME_LICENCE[name] ? join("node_modules", SAME_LICENCE[name]) : path);
  if (!texts.length) throw new Error(`${name} has no licence text; name a package with the same in SAME_LICENCE.`);
  return `${name} ${version} (${license})\n\n${texts.join("\n\n")}\n`.replaceAll("\r\n", "\n");
}

rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
const workers = await bundle(Object.values(WORKERS), { format: "iife" });
const named = Object.fromEntries(Object.entries(WORKERS).map(([label, path]) => [label, outputOf(workers, path)]));
const page = await bundle(["main.js"], {
  format: "esm",
  define: { "process.env.NODE_ENV": '"production"', WORKERS: JSON.stringify(named) },
});
const script = outputOf(page, "main.js");
const style = basename(Object.keys(page).find((path) => path.endsWith(".css")));
const html = readFileSync("index.html", "utf8");
// The addresses are relative, because a proxy may serve Usher below a path.
writeFileSync(
  join(folder, "index.html"),
  html.replace("@SCRIPT@", `graphiql/${script}`).replace("@STYLE@", `graphiql/${style}`),
);
writeFileSync(join(folder, "licenses.txt"), packages().map(licence).join(`\n${"-".repeat(80)}\n\n`));
