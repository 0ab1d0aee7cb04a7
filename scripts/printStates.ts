import { enrollmentStates } from "../domain/enrollment/enrollment.states.ts";
import type { StateTable } from "../domain/kernel/stateTable.ts";
import { orderStates } from "../domain/order/order.states.ts";
import { linkedAccountStates } from "../domain/payment/linkedAccount.states.ts";
import { paymentStates } from "../domain/payment/payment.states.ts";
import { subscriptionStates } from "../domain/payment/subscription.states.ts";
import { refundStates } from "../domain/refund/refund.states.ts";
import { shipmentStates } from "../domain/shipping/shipment.states.ts";

const HEAD = `# States

Written by \`npm run states\` from the tables in the code (\`domain/**/*.states.ts\`). Every event has an answer in
every state. A name is the next state; \`=\` is known and harmless: nothing changes; \`✗\` never happens: a person
who asks is refused, and what a machine says is kept as evidence with an alert; with \`!\` a money case opens besides.
`;

function cell<State extends string, Event extends string>(
  table: StateTable<State, Event>,
  state: State,
  event: Event,
): string {
  const { kind, next, opensCase } = table.verdict(state, event);
  const word = { moved: next, same: "=", never: "✗" }[kind];
  return opensCase ? `${word} !` : word;
}

/** One table: events down, states across. */
function section<State extends string, Event extends string>(
  title: string,
  table: StateTable<State, Event>,
  note = "",
): string {
  const rows = table.events.map((event) => [event, ...table.states.map((state) => cell(table, state, event))]);
  const lines = [["event", ...table.states], ["---", ...table.states.map(() => "---")], ...rows];
  return `## ${title}\n\n${lines.map((line) => `| ${line.join(" | ")} |`).join("\n")}\n${note}`;
}

/** What the table alone does not say: the same word of the gateway is another event, or none, by what is known. */
const PAYMENT_NOTE = `
\`...WhileOpen\` and \`...WhenOver\` are one word of the gateway while the payment's window is open, and afterwards.
\`cancelledByOthers...\` beside money is the void of a card that was captured and has not settled. What has settled is
refunded, never cancelled: a cancel that is told after a settlement is no event of this table. It moves nothing, is
never taken for a void, and opens a \`STRANGE_STATUS\` case. So do words and pairs of words that nobody knows.
`;

/** The state tables as docs/states.md holds them. */
export const printStates = (): string =>
  [
    HEAD,
    section("Order", orderStates),
    section("Payment", paymentStates, PAYMENT_NOTE),
    section("Refund", refundStates),
    section("Shipment", shipmentStates),
    section("Subscription", subscriptionStates),
    section("Linked account", linkedAccountStates),
    section("Enrolment", enrollmentStates),
  ].join("\n");
