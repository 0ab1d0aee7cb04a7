import { Button } from "@mantine/core";
import { Empty } from "../ui/Empty.tsx";
import { RefreshIcon, TruckIcon } from "../ui/icons/icons.tsx";
import type { ShippingList } from "./ShippingPage.tsx";
import { useDeskWords } from "./useDeskWords.ts";

interface NothingHereProps {
  readonly list: ShippingList;
  onRetry(): void;
}

/** A list of parcels without any: what that means, and another look. */
export function NothingHere({ list, onRetry }: NothingHereProps) {
  const { t } = useDeskWords();
  return (
    <Empty
      icon={<TruckIcon size={32} />}
      title={t("ship.noneTitle")}
      text={t(`ship.none.${list}`)}
      action={
        <Button variant="light" leftSection={<RefreshIcon size={18} />} onClick={onRetry}>
          {t("common.retry")}
        </Button>
      }
    />
  );
}
