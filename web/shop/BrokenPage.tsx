import { Button } from "@mantine/core";
import { useEffect } from "react";
import { Empty } from "../ui/Empty.tsx";
import { WarningIcon } from "../ui/icons/icons.tsx";
import { useWords } from "../ui/words.tsx";

const reload = () => window.location.reload();

/** Stands where a page broke or its code could not be loaded, for instance after a new release or without a line: then it is loaded when that is back. */
export function BrokenPage() {
  const { t } = useWords();
  // Code that could not be loaded once is not asked for again by the page itself.
  useEffect(() => {
    window.addEventListener("online", reload);
    return () => window.removeEventListener("online", reload);
  }, []);
  return (
    <Empty
      whole
      icon={<WarningIcon size={32} />}
      title={t("broken.title")}
      text={t("broken.text")}
      action={<Button onClick={reload}>{t("broken.reload")}</Button>}
    />
  );
}
