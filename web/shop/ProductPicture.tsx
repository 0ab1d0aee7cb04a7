import { useState } from "react";
import styles from "./ProductPicture.module.css";

interface ProductPictureProps {
  readonly name: string;
  readonly url: string | null | undefined;
  /** The first pictures of a page come at once, the others when they near the view. */
  readonly eager?: boolean;
}

/** A product's picture in a square that is there before the picture is; its first letter where there is none. */
export function ProductPicture({ name, url, eager }: ProductPictureProps) {
  const [broken, setBroken] = useState(false);
  return (
    <span className={styles.frame}>
      {url && !broken ? (
        <img
          src={url}
          alt=""
          width={400}
          height={400}
          loading={eager ? "eager" : "lazy"}
          decoding="async"
          onError={() => setBroken(true)}
        />
      ) : (
        <span className={styles.letter} aria-hidden="true">
          {name.slice(0, 1)}
        </span>
      )}
    </span>
  );
}
