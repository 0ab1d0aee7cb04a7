import { afterwards } from "./afterwards.ts";
import { close } from "./close.ts";
import { desk } from "./desk.ts";
import type { Example } from "./example.ts";
import { files } from "./files.ts";
import { learning } from "./learning.ts";
import { shop } from "./shop.ts";

/** A part of the story, with its title. */
export interface Chapter {
  readonly title: string;
  readonly examples: readonly Example[];
}

/** At least one example of every operation, in an order in which all of them can be sent to a new demo shop. */
export const chapters: readonly Chapter[] = [
  { title: "Buying", examples: shop },
  { title: "Sending, reviewing, giving back", examples: afterwards },
  { title: "Courses", examples: learning },
  { title: "The back office", examples: desk },
  { title: "Files and statements", examples: files },
  { title: "The daily close", examples: close },
];
