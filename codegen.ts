import type { CodegenConfig } from "@graphql-codegen/cli";

const config = {
  useTypeImports: true,
  enumsAsTypes: true,
  strictScalars: true,
  scalars: { DateTime: "string", Date: "string", Money: "number", SignedMoney: "number" },
};
const preset = { preset: "client" as const, presetConfig: { fragmentMasking: false }, config };

/** Types and documents of the web client. Two outputs, so that the shop's first page doesn't carry the back office. */
const codegen: CodegenConfig = {
  schema: process.env["CODEGEN_SCHEMA"] ?? "schema.graphql",
  generates: {
    "web/graphql/generated/shop/": { ...preset, documents: ["web/graphql/shop/*.graphql"] },
    "web/graphql/generated/admin/": { ...preset, documents: ["web/graphql/admin/*.graphql"] },
  },
};
export default codegen;
