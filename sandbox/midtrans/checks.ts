/** A JSON object from outside whose members are not known yet. */
export type Json = Record<string, unknown>;

export const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Gathers every fault of a request body under the dotted path of its member, as Midtrans lists them. */
export interface Checks {
  errors: string[];
  add(path: string, problem: string): void;
  /** A text of at most `max` characters, or undefined; `required` texts must not be empty. */
  text(parent: Json, path: string, max: number, required?: boolean): string | undefined;
  /** A whole number, or undefined. */
  integer(parent: Json, path: string, required?: boolean): number | undefined;
  /** The object member, or undefined where absent. */
  object(parent: Json, path: string): Json | undefined;
}

const lastPart = (path: string): string => path.slice(path.lastIndexOf(".") + 1);

/** A fresh, empty list of faults with its checkers. */
export function createChecks(): Checks {
  const errors: string[] = [];
  const add = (path: string, problem: string): void => {
    errors.push(`${path} ${problem}`);
  };

  return {
    errors,
    add,
    text: (parent, path, max, required = false) => {
      const value = parent[lastPart(path)];
      if (value === undefined || value === null || value === "") {
        if (required) add(path, "is required");
        return undefined;
      }
      if (typeof value !== "string") {
        add(path, "must be a string");
        return undefined;
      }
      if ([...value].length > max) add(path, `must not be longer than ${max} characters`);
      return value;
    },
    integer: (parent, path, required = false) => {
      const value = parent[lastPart(path)];
      if (value === undefined || value === null) {
        if (required) add(path, "is required");
        return undefined;
      }
      if (typeof value === "number" && Number.isSafeInteger(value)) return value;
      add(path, "must be an integer without decimals");
      return undefined;
    },
    object: (parent, path) => {
      const value = parent[lastPart(path)];
      if (value === undefined || value === null) return undefined;
      if (isObject(value)) return value;
      add(path, "must be an object");
      return undefined;
    },
  };
}
