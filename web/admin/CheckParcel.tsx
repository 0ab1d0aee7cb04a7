import { useMutation } from "@apollo/client/react";
import { Button } from "@mantine/core";
import { CheckShipmentDocument, type StaffParcelFragment } from "../graphql/generated/admin/graphql.ts";
import cards from "../ui/Card.module.css";
import { RefreshIcon } from "../ui/icons/icons.tsx";
import { useToast } from "../ui/Toast.tsx";
import { NEWS } from "./news.ts";
import { ShipFailure } from "./ShipFailure.tsx";
import { useDeskWords } from "./useDeskWords.ts";

/** A courier has news of these alone. */
const FOLLOWED: ReadonlySet<StaffParcelFragment["status"]> = new Set<StaffParcelFragment["status"]>([
  "BOOKED",
  "PACKED",
  "TRANSIT",
  "RETURNING",
]);

/** Has the courier asked about a parcel now. */
export function CheckParcel({ parcel }: { readonly parcel: StaffParcelFragment }) {
  const { t } = useDeskWords();
  const say = useToast();
  const [check, { loading, error }] = useMutation(CheckShipmentDocument, {
    ...NEWS,
    variables: { shipmentId: parcel.id },
  });
  if (!FOLLOWED.has(parcel.status)) return null;
  const submit = async () => {
    // A refusal stands in `error`.
    const answer = await check().catch(() => null);
    if (answer?.data) say(t("ship.checkedNow"));
  };
  return (
    <>
      {error && <ShipFailure error={error} />}
      <div className={cards.actions}>
        <Button
          variant="light"
          size="sm"
          leftSection={<RefreshIcon size={18} />}
          loading={loading}
          onClick={() => void submit()}
          data-testid="check-parcel"
        >
          {t("ship.checkNow")}
        </Button>
      </div>
    </>
  );
}
