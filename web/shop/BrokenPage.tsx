import { Button } from "@mantine/core";
import { useEffect } from "react";
import { useRouteError } from "react-router";
import { Empty } from "../ui/Empty.tsx";
import { WarningIcon } from "../ui/icons/icons.tsx";
import { useWords } from "../ui/words.tsx";
import { isCodeMissing, mayLoadAnew } from "./freshCode.ts";

const reload = () => window.location.reload();

/**
 * Stands where a page broke or its code could not be loaded, for instance after a new release or without a line. It is
 * loaded anew by itself: once after a release, and when the line is back.
 */
export function BrokenPage() {
  const { t } = useWords();
  const error = useRouteError();
  // Code that could not be loaded once is not asked for again by the page itself.
  useEffect(() => {
    if (isCodeMissing(error) && mayLoadAnew(sessionStorage, navigator.onLine, Date.now())) reload();
    window.addEventListener("online", reload);
    return () => window.removeEventListener("online", reload);
  }, [error]);
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
