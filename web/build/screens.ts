// Writes `routes.json`, the list of all screens as the router has them, and a copy of the manifest of documents.
// The gateway answers their addresses with the console, and the tests visit each of them.
import { copyFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Plugin, runnerImport } from "vite";
import { relay } from "./relay.ts";

interface Routes {
  readonly routes: readonly { readonly name: string; readonly path: string; readonly access: string }[];
}

/** The plugin of Vite that tells the gateway and the tests which screens there are. */
export function screens(): Plugin {
  let root = "";
  let folder = "";
  return {
    name: "screens",
    apply: "build",
    configResolved(config) {
      root = config.root;
      folder = join(config.root, config.build.outDir);
    },
    async closeBundle() {
      const { module } = await runnerImport<Routes>(join(root, "src/routes.ts"), { root, plugins: [relay()] });
      const shown = module.routes.map(({ name, path, access }) => ({ name, path, access }));
      writeFileSync(join(folder, "routes.json"), `${JSON.stringify(shown, null, 2)}\n`);
      copyFileSync(join(root, "documents.json"), join(folder, "documents.json"));
    },
  };
}
