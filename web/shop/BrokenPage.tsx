import { Button } from "@mantine/core";
import { Empty } from "../ui/Empty.tsx";
import { WarningIcon } from "../ui/icons/icons.tsx";
import { useWords } from "../ui/words.tsx";

/** Stands where a page broke or its code could not be loaded, for instance after a new release or without a line. */
export function BrokenPage() {
  const { t } = useWords();
  return (
    <main>
      <Empty
        whole
        icon={<WarningIcon size={32} />}
        title={t("broken.title")}
        text={t("broken.text")}
        action={<Button onClick={() => window.location.reload()}>{t("broken.reload")}</Button>}
      />
    </main>
  );
}
