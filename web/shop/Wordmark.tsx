import styles from "./Wordmark.module.css";

/** The shop's name with its tick. */
export function Wordmark() {
  return (
    <span className={styles.mark} aria-hidden="true">
      <svg width="30" height="30" viewBox="0 0 32 32" focusable="false" aria-hidden="true">
        <rect width="32" height="32" rx="9" fill="#6a2a55" />
        <path
          d="M9.5 16.8l4.6 4.7L22.8 11"
          fill="none"
          stroke="#f6c45a"
          strokeWidth="3.6"
          strokeLinecap="round"
          strokeLinejoin="round"
        />
      </svg>
      lunas
    </span>
  );
}
