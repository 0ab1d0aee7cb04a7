import { detailNumber, type Failure } from "../ui/failure.ts";
import { money } from "../ui/format.ts";
import { useDeskWords } from "./useDeskWords.ts";

/** What a refusal means at the desk, where money goes back; undefined where its general words are enough. */
export function useRefusalWords() {
  const { t, named, at } = useDeskWords();
  return (failure: Failure): string | undefined => {
    const left = detailNumber(failure, "left");
    if (failure.code === "REFUND_EXCEEDS_CAPTURED" && left !== undefined) {
      return t("deskRefusal.left", { left: money(left) });
    }
    const until = failure.details["until"];
    if (failure.code === "ON_HOLD" && typeof until === "string") return t("deskRefusal.until", { when: at(until) });
    return named(`deskRefusal.${failure.code}`, "") || undefined;
  };
}
