import styles from "./LanguageSwitch.module.css";
import { useWords } from "./words.tsx";

const languages = [
  { code: "id", name: "Bahasa Indonesia" },
  { code: "en", name: "English" },
] as const;

/** The two languages under their own names; the choice is remembered in this browser. */
export function LanguageSwitch() {
  const { language, setLanguage, t } = useWords();
  return (
    <fieldset className={styles.switch}>
      <legend className={styles.heard}>{t("common.language")}</legend>
      {languages.map(({ code, name }) => (
        <button
          key={code}
          type="button"
          lang={code}
          aria-pressed={language === code}
          data-testid={`language-${code}`}
          onClick={() => setLanguage(code)}
        >
          {name}
        </button>
      ))}
    </fieldset>
  );
}
