import type { CodegenConfig } from "@graphql-codegen/cli";

const config = {
  useTypeImports: true,
  enumsAsTypes: true,
  strictScalars: true,
  scalars: { DateTime: "string", Date: "string", Money: "number", SignedMoney: "number" },
};
const preset = { preset: "client" as const, presetConfig: { fragmentMasking: false }, config };

/**
 * Types and documents of the web client. Each output is loaded whole, so the shop's first page has one of its own, and
 * carries neither what buying asks for nor the back office.
 */
const codegen: CodegenConfig = {
  schema: process.env["CODEGEN_SCHEMA"] ?? "schema.graphql",
  generates: {
    "web/graphql/generated/shop/": { ...preset, documents: ["web/graphql/shop/*.graphql"] },
    "web/graphql/generated/buying/": { ...preset, documents: ["web/graphql/buying/*.graphql"] },
    "web/graphql/generated/admin/": { ...preset, documents: ["web/graphql/admin/*.graphql"] },
  },
};
export default codegen;
