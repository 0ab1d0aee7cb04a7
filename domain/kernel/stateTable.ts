/**
 * `same`: known and harmless, nothing changes. `never`: refused from a person, evidence and an alert from a machine.
 */
type Outcome<State extends string> = State | "same" | "never";
/** With a `!` a money case opens besides. */
export type Cell<State extends string> = Outcome<State> | `${Outcome<State>}!`;

export interface Verdict<State extends string> {
  /** The state after the event; the old one where nothing changes. */
  readonly next: State;
  readonly kind: "moved" | "same" | "never";
  readonly opensCase: boolean;
}

export interface StateTable<State extends string, Event extends string> {
  readonly states: readonly State[];
  readonly events: readonly Event[];
  readonly cells: Readonly<Record<State, Readonly<Record<Event, Cell<State>>>>>;
  /** What `event` does to something in `state`. Total: every pair has an answer. */
  verdict(state: State, event: Event): Verdict<State>;
}

/** Makes a total table of states and events. An empty cell does not compile. */
export function stateTable<const State extends string, const Event extends string>(
  states: readonly State[],
  events: readonly Event[],
  cells: Readonly<Record<State, Readonly<Record<Event, Cell<State>>>>>,
): StateTable<State, Event> {
  return {
    states,
    events,
    cells,
    verdict(state, event) {
      const cell: string = cells[state][event];
      const opensCase = cell.endsWith("!");
      const outcome = opensCase ? cell.slice(0, -1) : cell;
      if (outcome === "same" || outcome === "never") return { next: state, kind: outcome, opensCase };
      return { next: outcome as State, kind: "moved", opensCase };
    },
  };
}

/** The states that some path of events reaches from `first`, itself included. */
export function reachable<State extends string, Event extends string>(
  table: StateTable<State, Event>,
  first: State,
): Set<State> {
  const seen = new Set<State>([first]);
  for (const state of seen) {
    for (const event of table.events) seen.add(table.verdict(state, event).next);
  }
  return seen;
}
