import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import { statementsSent } from "./sqlClient.ts";

/** What Prometheus reads at /metrics. One registry a process. */
export const registry = new Registry();
collectDefaultMetrics({ register: registry });

new Gauge({
  name: "lunas_sql_statements_sent",
  help: "SQL statements sent by this process since its start, transaction brackets included",
  registers: [registry],
  collect() {
    this.set(statementsSent());
  },
});

export const requestsTotal = new Counter({
  name: "lunas_graphql_operations_total",
  help: "GraphQL operations by name of the root field and outcome code",
  labelNames: ["field", "code"],
  registers: [registry],
});

export const notificationsTotal = new Counter({
  name: "lunas_notifications_total",
  help: "Webhook bodies by answer: stored, duplicate, test, refused",
  labelNames: ["gateway", "outcome"],
  registers: [registry],
});

export const jobsTotal = new Counter({
  name: "lunas_jobs_total",
  help: "Outbox jobs by handler and outcome: done, failed, parked",
  labelNames: ["handler", "outcome"],
  registers: [registry],
});

export const gatewaySeconds = new Histogram({
  name: "lunas_gateway_call_seconds",
  help: "Calls to gateways by operation and outcome",
  labelNames: ["gateway", "operation", "outcome"],
  buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 60],
  registers: [registry],
});
