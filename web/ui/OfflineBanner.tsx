import { useSyncExternalStore } from "react";
import { CloudOffIcon } from "./icons/icons.tsx";
import styles from "./OfflineBanner.module.css";
import { useWords } from "./words.tsx";

function subscribe(hear: () => void) {
  window.addEventListener("online", hear);
  window.addEventListener("offline", hear);
  return () => {
    window.removeEventListener("online", hear);
    window.removeEventListener("offline", hear);
  };
}

/** Says that the line is gone while it is gone. */
export function OfflineBanner() {
  const { t } = useWords();
  const online = useSyncExternalStore(subscribe, () => navigator.onLine);
  if (online) return null;
  return (
    <div className={styles.banner} role="status" data-testid="offline-banner">
      <CloudOffIcon size={18} /> {t("common.offline")}
    </div>
  );
}
