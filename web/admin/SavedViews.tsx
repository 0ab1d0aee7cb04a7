import { Button, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { Link, useLocation } from "react-router";
import { CrossIcon } from "../ui/icons/icons.tsx";
import { useToast } from "../ui/Toast.tsx";
import { Fold } from "./Fold.tsx";
import styles from "./ListTools.module.css";
import { useDeskWords } from "./useDeskWords.ts";
import { useStored } from "./useStored.ts";

/** As many as one finds again. */
const VIEWS_MAX = 20;
const NAME_MAX = 40;
/** Between a view's name and its filters in storage: no name can hold it. */
const CUT = "\n";

/** Filters of a list under names of one's own, on this device. */
export function SavedViews({ list }: { readonly list: string }) {
  const { t } = useDeskWords();
  const say = useToast();
  const { pathname, search } = useLocation();
  const [views, setViews] = useStored(`views.${list}`);
  const [name, setName] = useState("");
  const [missing, setMissing] = useState(false);
  const save = (event: FormEvent) => {
    event.preventDefault();
    const wanted = name.trim();
    setMissing(wanted === "");
    if (wanted === "") return;
    const others = views.filter((view) => view.split(CUT)[0] !== wanted);
    setViews([...others, `${wanted}${CUT}${search}`].slice(-VIEWS_MAX));
    setName("");
    say(t("list.viewSaved", { name: wanted }));
  };
  return (
    <Fold label={t("list.views")} testId="views">
      {views.length === 0 && <p className={styles.soft}>{t("list.viewNone")}</p>}
      {views.map((view) => {
        const [label = "", filters = ""] = view.split(CUT);
        return (
          <p key={view} className={styles.view}>
            <Link to={`${pathname}${filters}`} aria-current={filters === search ? "page" : undefined}>
              {label}
            </Link>
            <button
              type="button"
              aria-label={t("list.viewRemove", { name: label })}
              onClick={() => setViews(views.filter((other) => other !== view))}
            >
              <CrossIcon size={16} />
            </button>
          </p>
        );
      })}
      <form className={styles.form} onSubmit={save} noValidate>
        <TextInput
          size="sm"
          label={t("list.viewName")}
          maxLength={NAME_MAX}
          value={name}
          error={missing && t("list.viewNameMissing")}
          onChange={(event) => setName(event.currentTarget.value)}
          data-testid="view-name"
        />
        <Button size="sm" variant="light" type="submit" data-testid="view-save">
          {t("list.viewSave")}
        </Button>
      </form>
    </Fold>
  );
}
