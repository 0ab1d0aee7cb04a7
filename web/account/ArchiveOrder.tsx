import { useMutation } from "@apollo/client/react";
import { useNavigate } from "react-router";
import { ArchiveOrderDocument, type OrderDetailFragment } from "../graphql/generated/buying/graphql.ts";
import cards from "../ui/Card.module.css";
import { ConfirmAction } from "../ui/ConfirmAction.tsx";
import { Failure } from "../ui/Failure.tsx";
import { detailText } from "../ui/failure.ts";
import type { OrderStatus } from "../ui/status.ts";
import { useToast } from "../ui/Toast.tsx";
import { useBuyingWords } from "../ui/useBuyingWords.ts";

const AT_REST: ReadonlySet<OrderStatus> = new Set<OrderStatus>(["COMPLETED", "CANCELLED", "RETURNED"]);

/** Puts an order that is over out of sight for good; one that is not over says why it stays. */
export function ArchiveOrder({ order }: { readonly order: OrderDetailFragment }) {
  const { t, named } = useBuyingWords();
  const say = useToast();
  const navigate = useNavigate();
  const [archive, { loading, error }] = useMutation(ArchiveOrderDocument, {
    variables: { orderId: order.id },
    // The lists that hold it are asked for anew where somebody looks at them.
    update: (cache) => void cache.evict({ id: "ROOT_QUERY", fieldName: "orders" }),
  });
  if (!AT_REST.has(order.status)) return <p className={cards.soft}>{t("archive.notYet")}</p>;
  if (order.paymentStatus === "REFUND_PENDING") {
    return (
      <p className={cards.soft} data-testid="not-archivable">
        {t("archive.REFUND_OPEN")}
      </p>
    );
  }
  const submit = async () => {
    // A refusal stands in `error` below.
    const answer = await archive().catch(() => null);
    if (!answer?.data) return;
    say(t("archive.done", { number: order.number }));
    await navigate("/orders", { replace: true });
  };
  return (
    <div className={cards.stack}>
      {error && <Failure error={error} meaning={(it) => named(`archive.${detailText(it, "why")}`, "") || undefined} />}
      <ConfirmAction
        label={t("archive.open")}
        effect={t("archive.effect")}
        loading={loading}
        onConfirm={submit}
        testId="archive"
        danger
      />
    </div>
  );
}
