import { Button } from "@mantine/core";
import { useEffect } from "react";
import { Link } from "react-router";
import { Empty } from "../ui/Empty.tsx";
import { SearchIcon } from "../ui/icons/icons.tsx";
import { useWords } from "../ui/words.tsx";

/** An address that leads nowhere, or to something that is not the reader's. */
export function LostPage() {
  const { t } = useWords();
  useEffect(() => {
    document.title = `${t("lost.title")} · Lunas`;
  }, [t]);
  return (
    <Empty
      whole
      icon={<SearchIcon size={32} />}
      title={t("lost.title")}
      text={t("lost.text")}
      action={
        <Button component={Link} to="/">
          {t("common.toShop")}
        </Button>
      }
    />
  );
}
