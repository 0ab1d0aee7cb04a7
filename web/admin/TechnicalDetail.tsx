import styles from "./TechnicalDetail.module.css";
import { useDeskWords } from "./useDeskWords.ts";

/**
 * A sentence that the server wrote in English alone, for who looks into the matter: marked as that, and folded away
 * while the page speaks another language, which has said the matter by its kind and its fields.
 */
export function TechnicalDetail({ text }: { readonly text: string }) {
  const { t, language } = useDeskWords();
  return (
    <details className={styles.detail} open={language === "en"} data-testid="technical">
      <summary>{t("admin.technical")}</summary>
      <p lang="en">{text}</p>
    </details>
  );
}
