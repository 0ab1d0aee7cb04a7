import { useMutation } from "@apollo/client/react";
import { ConfirmReceiptDocument, type OrderDetailFragment } from "../graphql/generated/buying/graphql.ts";
import { ConfirmAction } from "../ui/ConfirmAction.tsx";
import { Failure } from "../ui/Failure.tsx";
import { CheckIcon } from "../ui/icons/icons.tsx";
import { useToast } from "../ui/Toast.tsx";
import { useParcelWords } from "../ui/useParcelWords.ts";
import styles from "./Parcel.module.css";

/** Who has the parcel says so: asked once more, because it ends the order. */
export function ConfirmReceipt({ order }: { readonly order: OrderDetailFragment }) {
  const { t } = useParcelWords();
  const say = useToast();
  const [confirm, { loading, error }] = useMutation(ConfirmReceiptDocument, { variables: { orderId: order.id } });
  const submit = async () => {
    // A refusal stands in `error` below.
    const answer = await confirm().catch(() => null);
    if (answer?.data) say(t("parcel.receivedDone"));
  };
  return (
    <div className={styles.received}>
      {error && <Failure error={error} />}
      <ConfirmAction
        label={t("parcel.received")}
        effect={t("parcel.receivedEffect")}
        icon={<CheckIcon size={18} />}
        loading={loading}
        onConfirm={submit}
        testId="received"
      />
    </div>
  );
}
