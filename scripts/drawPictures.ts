import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { drawPicture } from "./seed/pictures.ts";
import { demoStores } from "./seed/shop.ts";

// Runs from the project's root, as every script does; what it writes is committed.
const folder = path.resolve("media", "products");
mkdirSync(folder, { recursive: true });
for (const { slug, picture } of demoStores.flatMap((store) => store.goods)) {
  writeFileSync(path.join(folder, `${slug}.svg`), drawPicture(slug, picture));
}
