import { Failure } from "../ui/Failure.tsx";
import { detailText } from "../ui/failure.ts";
import { useBuyingWords } from "../ui/useBuyingWords.ts";

/** Why a package could not be bought: what is wrong with the proof in words that say what to send instead. */
export function PurchaseRefused({ error }: { readonly error: unknown }) {
  const { t, named } = useBuyingWords();
  return (
    <Failure
      error={error}
      meaning={(failure) => {
        if (failure.code === "RATE_LIMITED" && failure.details["retryAfter"] === undefined) return t("proof.tooMany");
        if (failure.code !== "UPLOAD_REFUSED") return undefined;
        return named(`proof.${detailText(failure, "reason")}`, "") || undefined;
      }}
    />
  );
}
