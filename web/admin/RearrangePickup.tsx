import { useMutation } from "@apollo/client/react";
import { useState } from "react";
import { RearrangePickupDocument } from "../graphql/generated/admin/graphql.ts";
import { ConfirmAction } from "../ui/ConfirmAction.tsx";
import { TruckIcon } from "../ui/icons/icons.tsx";
import { useToast } from "../ui/Toast.tsx";
import { NEWS } from "./news.ts";
import { NO_WISH, PickupFields } from "./PickupFields.tsx";
import { ShipFailure } from "./ShipFailure.tsx";
import { isPickupPossible, type PickupWish, wished } from "./shipping.ts";
import { useDeskWords } from "./useDeskWords.ts";
import { useMinute } from "./useMinute.ts";

/** Asks for a courier again where none came, at another hour or with another vehicle. */
export function RearrangePickup({ orderId }: { readonly orderId: string }) {
  const { t } = useDeskWords();
  const say = useToast();
  const now = useMinute();
  const [wish, setWish] = useState<PickupWish>(NO_WISH);
  const [arrange, { loading, error }] = useMutation(RearrangePickupDocument, NEWS);
  const submit = async () => {
    // A refusal stands in `error`.
    const answer = await arrange({ variables: { orderId, ...wished(wish) } }).catch(() => null);
    if (answer?.data) say(t("ship.rearranged"));
  };
  return (
    <>
      <PickupFields wish={wish} onChange={setWish} />
      {error && <ShipFailure error={error} />}
      <ConfirmAction
        label={t("ship.rearrange")}
        icon={<TruckIcon size={18} />}
        effect={t("ship.rearrangeEffect")}
        loading={loading || !isPickupPossible(wish, now)}
        onConfirm={submit}
        testId="rearrange"
      />
    </>
  );
}
