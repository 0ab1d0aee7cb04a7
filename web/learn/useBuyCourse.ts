import { useMutation } from "@apollo/client/react";
import { useMemo, useRef, useState } from "react";
import { useNavigate } from "react-router";
import { CreateEnrollmentPaymentDocument, type EnrollmentPaymentInput } from "../graphql/generated/buying/graphql.ts";
import { uploadProof } from "../graphql/uploadProof.ts";
import { createAttempts } from "../shop/attempt.ts";
import { useToast } from "../ui/Toast.tsx";
import { useBuyingWords } from "../ui/useBuyingWords.ts";
import { isProofGone } from "./proofFile.ts";

/** What is bought and at which price. */
export type Purchase = Pick<EnrollmentPaymentInput, "packageId" | "courseId" | "type">;

export interface CourseBuying {
  readonly working: boolean;
  /** How much of the proof has gone out, in percent; null while none is sent. */
  readonly sent: number | null;
  readonly error: unknown;
  /** With a proof: by transfer. Without one: through Midtrans, by a method that is chosen on the payment's page. */
  buy(purchase: Purchase, proof: File | null): Promise<void>;
  /** Something else is chosen: what was refused before says nothing about it. */
  forget(): void;
}

/**
 * Buying a package, once for each press: a proof that has gone out is not sent again when only the purchase failed, and
 * the same purchase keeps its key. `onBought` is called before the payment's page comes.
 */
export function useBuyCourse(onBought: () => void): CourseBuying {
  const { t } = useBuyingWords();
  const say = useToast();
  const navigate = useNavigate();
  const attempts = useMemo(() => createAttempts(() => crypto.randomUUID()), []);
  const uploaded = useRef<{ readonly file: File; readonly proofUrl: string } | null>(null);
  const running = useRef(false);
  const [working, setWorking] = useState(false);
  const [sent, setSent] = useState<number | null>(null);
  const [error, setError] = useState<unknown>();
  const [create] = useMutation(CreateEnrollmentPaymentDocument);

  async function send(file: File): Promise<string> {
    if (uploaded.current?.file === file) return uploaded.current.proofUrl;
    setSent(0);
    try {
      const proofUrl = await uploadProof(file, setSent);
      uploaded.current = { file, proofUrl };
      return proofUrl;
    } finally {
      setSent(null);
    }
  }

  async function buy(purchase: Purchase, proof: File | null) {
    if (running.current) return;
    running.current = true;
    setWorking(true);
    setError(undefined);
    try {
      const wanted = { ...purchase, ...(proof && { proofUrl: await send(proof) }) };
      const input = { ...wanted, idempotencyKey: attempts.keyFor(wanted) };
      const { data } = await create({ variables: { input } });
      if (!data) return;
      onBought();
      if (proof) say(t("proof.sent"));
      await navigate(`/payments/${data.createEnrollmentPayment.id}`);
    } catch (failed) {
      if (isProofGone(failed)) uploaded.current = null;
      setError(failed);
    } finally {
      running.current = false;
      setWorking(false);
    }
  }

  return { working, sent, error, buy, forget: () => setError(undefined) };
}
