import { Button } from "@mantine/core";
import cards from "../ui/Card.module.css";
import { Failure } from "../ui/Failure.tsx";
import { DocumentIcon } from "../ui/icons/icons.tsx";
import { useDeskWords } from "./useDeskWords.ts";
import { useDownload } from "./useDownload.ts";

/** The report of a day's close as files, from the same figures as the page. */
export function DownloadReport({ day }: { readonly day: string }) {
  const { t } = useDeskWords();
  const { download, loading, error } = useDownload();
  const kinds = ["json", "csv"] as const;
  return (
    <>
      {error !== null && <Failure error={error} />}
      <div className={cards.actions}>
        {kinds.map((kind) => (
          <Button
            key={kind}
            size="sm"
            variant="light"
            leftSection={<DocumentIcon size={16} />}
            disabled={loading}
            onClick={() => void download(`/api/reconciliation/${day}/report.${kind}`, `close-${day}.${kind}`)}
            data-testid={`report-${kind}`}
          >
            {t("close.report")} {t(`close.${kind}`)}
          </Button>
        ))}
      </div>
    </>
  );
}
