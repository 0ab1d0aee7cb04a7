import { useQuery } from "@apollo/client/react";
import { Loader, TextInput } from "@mantine/core";
import { type KeyboardEvent, useId, useState } from "react";
import { DestinationsDocument, type PlaceFragment } from "../graphql/generated/buying/graphql.ts";
import { useFailureWords } from "../ui/Failure.tsx";
import { failureOf } from "../ui/failure.ts";
import { placeName } from "../ui/format.ts";
import { PinIcon } from "../ui/icons/icons.tsx";
import { useBuyingWords } from "../ui/useBuyingWords.ts";
import { useDebounced } from "../ui/useDebounced.ts";
import styles from "./DestinationSearch.module.css";

const REST_MS = 300;
/** Fewer letters match half of the country. */
const MIN_LETTERS = 3;
/** More than fit a phone's screen; a longer search narrows them. */
const MAX_SHOWN = 12;

interface DestinationSearchProps {
  readonly value: PlaceFragment | null;
  readonly error: string | null;
  onChange(place: PlaceFragment | null): void;
}

/** The places that a typed text finds, while there is a reason to ask. */
function usePlaces(search: string, asking: boolean) {
  const { data, previousData, loading, error } = useQuery(DestinationsDocument, {
    variables: { search },
    skip: !asking,
  });
  const places = asking ? ((data ?? previousData)?.destinations ?? []).slice(0, MAX_SHOWN) : [];
  return { places, loading, failed: error, none: asking && data !== undefined && !loading && places.length === 0 };
}

/** A place to ship to, found by typing a kelurahan, a district or a postal code; by mouse, thumb or arrow keys. */
export function DestinationSearch({ value, error, onChange }: DestinationSearchProps) {
  const { t } = useBuyingWords();
  const wordsFor = useFailureWords();
  const listId = useId();
  const [text, setText] = useState(placeName(value?.label ?? ""));
  const [open, setOpen] = useState(false);
  const [active, setActive] = useState(0);
  const search = useDebounced(text.trim(), REST_MS);
  const asking = open && search.length >= MIN_LETTERS && search !== placeName(value?.label ?? "");
  const { places, loading, failed, none } = usePlaces(search, asking);
  const choose = (place: PlaceFragment) => {
    setText(placeName(place.label));
    setOpen(false);
    onChange(place);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Escape") setOpen(false);
    if (places.length === 0) return;
    if (event.key === "ArrowDown") setActive((active + 1) % places.length);
    else if (event.key === "ArrowUp") setActive((active - 1 + places.length) % places.length);
    else if (event.key === "Enter" && places[active]) choose(places[active]);
    else return;
    event.preventDefault();
  };
  return (
    <div className={styles.field}>
      <TextInput
        label={t("address.destination")}
        description={t("address.destinationHow")}
        error={error ?? (failed ? wordsFor(failureOf(failed)) : null)}
        required
        value={text}
        autoComplete="off"
        leftSection={<PinIcon />}
        rightSection={loading ? <Loader size={18} aria-label={t("common.loading")} /> : null}
        role="combobox"
        aria-expanded={places.length > 0}
        aria-controls={listId}
        aria-autocomplete="list"
        aria-activedescendant={places[active] ? `${listId}-${places[active].id}` : undefined}
        data-testid="destination-search"
        onKeyDown={onKeyDown}
        onFocus={() => setOpen(true)}
        onBlur={() => setOpen(false)}
        onChange={(event) => {
          setText(event.currentTarget.value);
          setOpen(true);
          setActive(0);
          if (value) onChange(null);
        }}
      />
      <Options id={listId} places={places} active={active} onChoose={choose} />
      <p className={styles.none} role="status">
        {none && t("address.noDestination")}
      </p>
    </div>
  );
}

interface OptionsProps {
  readonly id: string;
  readonly places: readonly PlaceFragment[];
  readonly active: number;
  onChoose(place: PlaceFragment): void;
}

function Options({ id, places, active, onChoose }: OptionsProps) {
  const { t } = useBuyingWords();
  return (
    <div
      id={id}
      role="listbox"
      aria-label={t("address.destinations")}
      className={styles.list}
      hidden={places.length === 0}
    >
      {places.map((place, index) => (
        // biome-ignore lint/a11y/useFocusableInteractive lint/a11y/useKeyWithClickEvents: the input's keys choose
        <div
          key={place.id}
          id={`${id}-${place.id}`}
          role="option"
          aria-selected={index === active}
          className={styles.option}
          data-testid="destination-option"
          // The input must not lose its focus before the click arrives.
          onMouseDown={(event) => event.preventDefault()}
          onClick={() => onChoose(place)}
        >
          <strong>{placeName(`${place.subdistrict}, ${place.district}`)}</strong>
          <span>
            {placeName(`${place.city}, ${place.province}`)} {place.postalCode}
          </span>
        </div>
      ))}
    </div>
  );
}
