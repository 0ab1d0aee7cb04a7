import { type ReactNode, type RefObject, useEffect, useRef } from "react";
import { useLocation } from "react-router";
import styles from "./Page.module.css";

interface PageProps {
  readonly title: string;
  /** The heading is heard but not seen where the page's first look says it already. */
  readonly quietTitle?: boolean;
  readonly aside?: ReactNode;
  /** Where the focus goes when what had it is gone. */
  readonly headingRef?: RefObject<HTMLHeadingElement | null>;
  readonly narrow?: boolean;
  readonly children: ReactNode;
}

/** A page's frame: its heading, which takes the focus on arrival, the browser's title, and one column width. */
export function Page({ title, quietTitle, aside, headingRef, narrow, children }: PageProps) {
  const own = useRef<HTMLHeadingElement>(null);
  const heading = headingRef ?? own;
  const { pathname, key } = useLocation();
  useEffect(() => {
    document.title = `${title} · Lunas`;
  }, [title]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: arriving at another path is what moves the focus
  useEffect(() => {
    // "default" is the first page of a visit: the browser's own focus is right there.
    if (key !== "default") heading.current?.focus({ preventScroll: true });
  }, [pathname]);
  return (
    <div className={narrow ? styles.narrow : styles.page}>
      <div className={quietTitle ? styles.quiet : styles.head}>
        <h1 ref={heading} tabIndex={-1}>
          {title}
        </h1>
        {aside}
      </div>
      {children}
    </div>
  );
}
