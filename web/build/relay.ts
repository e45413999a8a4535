// Replaces each graphql`…` by an import of what the Relay compiler made of it.
import type { Plugin } from "vite";

const DOCUMENT = /graphql`\s*(?:query|mutation|subscription|fragment)\s+(\w+)[^`]*`/g;

/** The plugin of Vite that joins the sources with the artifacts of the Relay compiler. */
export function relay(): Plugin {
  return {
    name: "relay",
    enforce: "pre",
    transform(code, id) {
      if (!/\.tsx?$/.test(id) || !code.includes("graphql`")) return null;
      const imports = new Set<string>();
      const replaced = code.replace(DOCUMENT, (text, name: string) => {
        imports.add(`import document_${name} from "./__generated__/${name}.graphql";`);
        // The lines keep their numbers, so that an error names the right one.
        return `document_${name}${"\n".repeat(text.split("\n").length - 1)}`;
      });
      return { code: [...imports].join("") + replaced, map: null };
    },
  };
}
