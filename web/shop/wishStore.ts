import { parseWishes, setWish, type Wish } from "./wishes.ts";

const KEY = "lunas.wishes";
const hearers = new Set<() => void>();
let wishes: readonly Wish[] = parseWishes(localStorage.getItem(KEY));

function replace(next: readonly Wish[]) {
  wishes = next;
  localStorage.setItem(KEY, JSON.stringify(next));
  for (const hear of hearers) hear();
}

window.addEventListener("storage", (event) => {
  if (event.key !== KEY) return;
  wishes = parseWishes(event.newValue);
  for (const hear of hearers) hear();
});

/** The basket of a visitor who has not signed in, kept in this browser and shared by its tabs. */
export const wishStore = {
  read: (): readonly Wish[] => wishes,
  set: (productId: string, quantity: number): void => replace(setWish(wishes, productId, quantity)),
  clear: (): void => replace([]),
  subscribe(hear: () => void): () => void {
    hearers.add(hear);
    return () => hearers.delete(hear);
  },
};
