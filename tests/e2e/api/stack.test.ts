import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Stack, startStack } from "../../support/stack.ts";

const LOGIN = `mutation LogIn($email: String!, $password: String!) {
  login(email: $email, password: $password) { user { email role } }
}`;

describe("the shop as processes of its own", () => {
  let stack: Stack;
  beforeAll(async () => {
    stack = await startStack({ apis: 2 });
  });
  afterAll(() => stack.stop());

  test("answers the same to a shopper at every API process", async () => {
    const query = "{ products(first: 2) { nodes { name } } }";
    const [one, other] = [await stack.graphql(query), await stack.graphql(query, {}, { api: 1 })];
    expect(one.errors).toEqual([]);
    expect(one.data).toEqual(other.data);
  });

  test("lets the demo shopper in", async () => {
    const email = "customer@lunas.test";
    const { data, errors } = await stack.graphql(LOGIN, { email, password: "lunas-demo" });
    expect(errors).toEqual([]);
    expect(data).toEqual({ login: { user: { email, role: "CUSTOMER" } } });
  });

  test("comes back on its old address after a process was killed", async () => {
    await stack.end("api-1", "SIGKILL");
    await expect(fetch(`${stack.apiUrls[1]}/healthz`)).rejects.toThrow();
    await stack.begin("api-1");
    expect((await fetch(`${stack.apiUrls[1]}/readyz`)).status).toBe(200);
  });
});
