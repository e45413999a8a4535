import type { CodegenConfig } from "@graphql-codegen/cli";

const config: CodegenConfig = {
  schema: "schema.graphql",
  documents: ["src/documents.ts"],
  generates: {
    "src/gql/": {
      preset: "client",
      presetConfig: { persistedDocuments: true },
      config: { scalars: { Date: "string", DateTime: "string" } },
    },
  },
};

export default config;
