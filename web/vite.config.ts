import { defineConfig, type Plugin } from "vite";
import { compress } from "./build/compress.ts";
import { relay } from "./build/relay.ts";
import { screens } from "./build/screens.ts";

// Where `usher run` listens. Not `localhost`: Usher listens on IPv4 only.
const USHER = `http://127.0.0.1:${process.env["PORT"] ?? "8000"}`;
const OF_USHER = ["/graphql", "/graphiql", "/sign-in/openid-connect", "/healthz"];

// The gateway writes into the page what the console shows of it. While it is served from its sources, that is GraphiQL.
const site: Plugin = {
  name: "site",
  apply: "serve",
  transformIndexHtml: (html) => html.replace('<div id="console"', '<div id="console" data-explorer'),
};

export default defineConfig({
  // Vite would look through the page of GraphiQL, too, which is no part of the console.
  optimizeDeps: { entries: ["src/main.tsx"] },
  plugins: [site, relay(), screens(), compress()],
  server: { host: "127.0.0.1", proxy: Object.fromEntries(OF_USHER.map((path) => [path, USHER])) },
  build: {
    outDir: "../gateway/http/console_bundle",
    emptyOutDir: true,
    manifest: "manifest.json",
    target: "es2023",
    // A picture in a style sheet would need `data:` in the Content-Security-Policy.
    assetsInlineLimit: 0,
    // Its script would be inline, and every browser that the console runs in preloads modules itself.
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    // Each module that loads screens later has a table of all their files. In one module they share one, which is small.
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: "routes", test: /[rR]outes\.ts$/ }] } } },
  },
});
