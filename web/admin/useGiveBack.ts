import { useMutation, useQuery } from "@apollo/client/react";
import { useMemo, useState } from "react";
import { RefundPaymentDocument, RefundPreviewDocument } from "../graphql/generated/admin/graphql.ts";
import { createAttempts } from "../shop/attempt.ts";
import { useDebounced } from "../ui/useDebounced.ts";
import { type GiveBackDraft, type Wish, wishOf } from "./giveBack.ts";
import { NEWS } from "./news.ts";

/** Typing rests for so long before the server is asked what it would mean. */
const REST_MS = 300;

const inputOf = ({ items, ...wish }: Wish) => ({ ...wish, items: items.map((item) => ({ ...item })) });

/** What is given back, what that would do by the server's word, and the deed, which one press does once. */
export function useGiveBack(paymentId: string, onlyOrderId: string) {
  const [draft, setDraft] = useState<GiveBackDraft>({ orderId: onlyOrderId, way: "whole", pieces: {}, amount: "" });
  const wish = wishOf(paymentId, draft);
  const now = JSON.stringify(wish);
  const asked = useDebounced(now, REST_MS);
  const facts = useQuery(RefundPreviewDocument, {
    variables: { input: { paymentId, orderId: draft.orderId || null } },
    fetchPolicy: "network-only",
  });
  const preview = useQuery(RefundPreviewDocument, {
    variables: {
      input: inputOf((JSON.parse(asked) as Wish | null) ?? { paymentId, orderId: null, items: [], amount: null }),
    },
    skip: asked === "null",
    fetchPolicy: "network-only",
  });
  const attempts = useMemo(() => createAttempts(() => crypto.randomUUID()), []);
  const [run, { loading, error }] = useMutation(RefundPaymentDocument, NEWS);
  const isFresh = now === asked && asked !== "null" && !preview.loading;
  return {
    draft,
    change: (part: Partial<GiveBackDraft>) => setDraft({ ...draft, ...part }),
    /** What of the order can go back, whatever is wished for. */
    facts: facts.data?.refundPreview,
    /** What the wish would do; undefined while it is not known. */
    preview: isFresh ? preview.data?.refundPreview : undefined,
    isAsking: now !== "null" && !isFresh,
    previewError: facts.error ?? preview.error,
    /** The amount that was given back; null where it was refused, which stands in `error`. */
    async giveBack(reason: string): Promise<number | null> {
      const amount = preview.data?.refundPreview.amount;
      if (!wish || amount === undefined || loading) return null;
      const input = { ...inputOf(wish), amount, reason };
      const variables = { input: { ...input, idempotencyKey: attempts.keyFor(input) } };
      const answer = await run({ variables }).catch(() => null);
      return answer?.data?.refundPayment.amount ?? null;
    },
    loading,
    error,
  };
}

export type GiveBackState = ReturnType<typeof useGiveBack>;
