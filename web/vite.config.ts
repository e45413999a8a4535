import { defineConfig } from "vite";
import { compress } from "./build/compress.ts";
import { relay } from "./build/relay.ts";
import { screens } from "./build/screens.ts";

// Where `usher run` listens. Not `localhost`: Usher listens on IPv4 only.
const USHER = `http://127.0.0.1:${process.env["PORT"] ?? "8000"}`;
const OF_USHER = ["/graphql", "/graphiql", "/sign-in/openid-connect", "/healthz"];

export default defineConfig({
  plugins: [relay(), screens(), compress()],
  // React's own check of names in styles needs no other transform: Vite compiles JSX itself.
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
  },
});
