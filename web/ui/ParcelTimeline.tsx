import { placeName } from "./format.ts";
import { parcelLines } from "./parcel.ts";
import { Timeline } from "./Timeline.tsx";
import { useParcelWords } from "./useParcelWords.ts";

interface ParcelLine {
  readonly event: string;
  readonly status: string;
  readonly description: string;
  readonly location?: string | null;
  readonly at: string;
}

interface ParcelTimelineProps {
  readonly events: readonly ParcelLine[];
  /** When the shop asked for a courier: the first line of the way. */
  readonly askedAt: string;
}

/** A parcel's way, the latest first: what it means, when and where, and the courier's own words. */
export function ParcelTimeline({ events, askedAt }: ParcelTimelineProps) {
  const { t, named, at } = useParcelWords();
  const lines = parcelLines(events)
    .map(({ event, status, description, location, at: when }, place) => ({
      key: `${when}-${place}`,
      title: named(`parcelEvent.${event}`, status),
      when: at(when),
      who: location ? placeName(location) : t("parcel.byCourier"),
      note: t("parcel.courierSays", { words: [status, description].filter(Boolean).join(": ") }),
    }))
    .reverse();
  const first = { key: "asked", title: t("parcelEvent.asked"), when: at(askedAt), who: t("parcel.byStore") };
  return <Timeline label={t("parcel.way")} entries={[...lines, first]} />;
}
