/** The drawings of scripts/seed/shapes. */
export type PictureKind =
  | "bag"
  | "basket"
  | "board"
  | "book"
  | "bottle"
  | "bowl"
  | "box"
  | "cake"
  | "chips"
  | "cloth"
  | "cup"
  | "cutlery"
  | "dress"
  | "grinder"
  | "hamper"
  | "hen"
  | "jar"
  | "kettle"
  | "lamp"
  | "mask"
  | "mat"
  | "pillow"
  | "pouch"
  | "puppet"
  | "ring"
  | "saron"
  | "scarf"
  | "shirt"
  | "shoes"
  | "tin"
  | "toy"
  | "vase"
  | "wallet";

/** A product of the demo shop. */
export interface Goods {
  readonly slug: string;
  readonly name: string;
  readonly picture: PictureKind;
  /** Whole rupiah, PPN included. */
  readonly price: number;
  readonly weightGrams: number;
  /** Length, width and height of the packed piece in whole centimetres. */
  readonly size: readonly [number, number, number];
  readonly stock: number;
  readonly description: string;
}

const slugOf = (name: string): string =>
  name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "");

export function goods(
  name: string,
  picture: PictureKind,
  price: number,
  weightGrams: number,
  size: Goods["size"],
  stock: number,
  description: string,
): Goods {
  return { slug: slugOf(name), name, picture, price, weightGrams, size, stock, description };
}
