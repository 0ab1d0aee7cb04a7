import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { createAccessTokens } from "../../../api/http/accessTokens.ts";
import { startTestApi } from "../../support/api.ts";
import { createTestDatabase } from "../../support/database.ts";

test("in production the API shows its schema to staff, and to nobody else", async () => {
  const database = await createTestDatabase();
  const env = {
    MIDTRANS_MODE: "production",
    PUBLIC_URL: "https://shop.lunas.test",
    MIDTRANS_SERVER_KEY: "Mid-server-of-this-test",
    MIDTRANS_CLIENT_KEY: "Mid-client-of-this-test",
    MIDTRANS_MERCHANT_ID: "G0000001",
    RAJAONGKIR_KEY: "courier-key-of-this-test",
    KOMERCE_KEY: "delivery-key-of-this-test",
    JWT_SECRET: "a-secret-of-more-than-thirty-two-characters",
    SERVICE_API_KEY: "a-service-key-of-more-than-thirty-two-letters",
    DATA_KEY: randomBytes(32).toString("base64"),
  };
  const real = await startTestApi({ databaseUrl: database.url, env });
  const tokens = createAccessTokens(real.config.jwtSecret, real.app.clock);
  // Behind the proxy that carries https.
  const headers = { "x-forwarded-proto": "https" };
  const ask = async (query: string, role?: "CUSTOMER" | "STAFF") => {
    const token = role && (await tokens.forUser({ id: real.app.ids.next<"user">(), role }));
    const answer = await real.graphql<object>(query, {}, { headers, ...(token && { token }) });
    return answer.errors[0]?.extensions.code ?? Object.keys(answer.data ?? {})[0];
  };
  const queries = [
    "{ __schema { types { name } } }",
    '{ ...a } fragment a on Query { hidden: __type(name: "User") { name } }',
  ];
  try {
    for (const query of queries) {
      expect([await ask(query), await ask(query, "CUSTOMER")]).toEqual(["FORBIDDEN", "FORBIDDEN"]);
    }
    expect([await ask(queries[0] as string, "STAFF"), await ask("{ stores { __typename } }")]).toEqual([
      "__schema",
      "stores",
    ]);
    const { errors } = await real.graphql("{ storez { id } }", {}, { headers });
    expect(errors[0]?.message).toBe('Cannot query field "storez" on type "Query".');
    const page = await (await fetch(`${real.url}/graphql`, { headers: { ...headers, accept: "text/html" } })).text();
    expect(page).toContain("Lunas GraphQL");
    expect(page).not.toContain("signOffReconciliation");
  } finally {
    await real.stop();
    await database.drop();
  }
});
