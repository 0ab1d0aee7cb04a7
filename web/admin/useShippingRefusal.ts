import { useFailureWords } from "../ui/Failure.tsx";
import { useDeskWords } from "./useDeskWords.ts";

const textOf = (value: unknown): string => (typeof value === "string" ? value : "");

/** Why a courier was not booked, or a parcel not helped, in words for each code with what its details say. */
export function useShippingRefusal() {
  const { t, named, at } = useDeskWords();
  const wordsFor = useFailureWords();
  return (code: string, details: Readonly<Record<string, unknown>>): string => {
    const usual = wordsFor({ code, details, retryable: false });
    switch (code) {
      case "ON_HOLD": {
        const reason = textOf(details["reason"]);
        const until = textOf(details["until"]);
        const why = named(`hold.${reason}`, usual);
        return until ? t("ship.holdUntil", { when: at(until), why }) : t("ship.hold", { why });
      }
      case "ILLEGAL_TRANSITION": {
        if (Array.isArray(details["orderIds"])) return t("ship.noLabelYet");
        const status = named(`status.${textOf(details["status"])}`, "");
        return status ? t("ship.refused.status", { status }) : usual;
      }
      case "SHIPPING_UNAVAILABLE": {
        const courier = textOf(details["courier"]).toUpperCase();
        return courier ? t("ship.refused.service", { courier, service: textOf(details["service"]) }) : usual;
      }
      case "INVALID_INPUT": {
        const fields = (details["fields"] ?? {}) as Readonly<Record<string, unknown>>;
        if ("vehicle" in fields) return t("ship.refused.vehicle");
        return "pickupAt" in fields ? t("ship.pickupSoon") : usual;
      }
      case "CONFLICT":
        return "bookingNo" in details ? t("ship.sayConflict") : usual;
      default:
        return usual;
    }
  };
}
