import { useId } from "react";
import { Bone } from "../../ui/Bone.tsx";
import { Failure } from "../../ui/Failure.tsx";
import { money } from "../../ui/format.ts";
import { WarningIcon } from "../../ui/icons/icons.tsx";
import { Loading } from "../../ui/Loading.tsx";
import { useBuyingWords } from "../../ui/useBuyingWords.ts";
import { Choices } from "./Choices.tsx";
import { cardName } from "./cardName.ts";
import styles from "./MethodChoice.module.css";
import { BY_CARD, groupMethods, type Method, type MethodInfo, obstacleOf } from "./methodGroups.ts";
import type { Methods } from "./useMethods.ts";

interface MethodChoiceProps {
  readonly ways: Methods;
  /** Where choosing needs the gateway at once, one that is away closes the choice; an order can wait for it. */
  readonly needsGateway: boolean;
}

/** The ways to pay by how one pays; what can't be had says why. */
export function MethodChoice({ ways, needsGateway }: MethodChoiceProps) {
  const { t } = useBuyingWords();
  const name = useId();
  const { methods, amount, chosen } = ways;
  if (ways.error) return <Failure error={ways.error} onRetry={ways.retry} />;
  if (!methods) {
    return (
      <Loading>
        <Bone height={220} />
      </Loading>
    );
  }
  return (
    <div className={styles.groups}>
      {ways.away && (
        <p id={`${name}-away`} className={styles.away} role="status" data-testid="gateway-away">
          <WarningIcon />
          <span>
            <strong>{t("choice.awayTitle")}.</strong> {t(needsGateway ? "choice.awayPaying" : "choice.awayCheckout")}
          </span>
        </p>
      )}
      {groupMethods(methods).map(({ group, methods: members }) => (
        <fieldset key={group} className={styles.group} data-single={members.length === 1 || undefined}>
          <legend>
            {t(`group.${group}`)} {members.length > 1 && <span className={styles.how}>{t(`groupText.${group}`)}</span>}
          </legend>
          <div className={styles.options}>
            {members.map((info) => (
              <Option
                key={info.method}
                info={info}
                how={members.length > 1 ? null : t(`groupText.${group}`)}
                amount={amount}
                name={name}
                needsGateway={needsGateway}
                checked={info.method === chosen?.method}
                onChoose={ways.choose}
              />
            ))}
          </div>
          {group === "CARD" && chosen?.method === BY_CARD && ways.cards.length > 0 && (
            <div className={styles.cards}>
              <CardChoice ways={ways} />
            </div>
          )}
        </fieldset>
      ))}
      {!chosen && (
        <p className={styles.why} role="status">
          {t("choice.none")}
        </p>
      )}
    </div>
  );
}

/** Stands for no saved card, in a list of their ids. */
const ANOTHER = "";

/** Which of the saved cards pays, or another one on the gateway's page. */
function CardChoice({ ways }: Pick<MethodChoiceProps, "ways">) {
  const { t } = useBuyingWords();
  const saved = ways.cards.map((card) => ({
    value: card.id,
    title: cardName(card),
    how: t("cards.atOnce"),
    testId: "saved-card",
  }));
  const another = { value: ANOTHER, title: t("cards.another"), how: t("cards.anotherHow"), testId: "another-card" };
  return (
    <Choices
      legend={t("cards.which")}
      choices={[...saved, another]}
      chosen={ways.card?.id ?? ANOTHER}
      onChoose={(id) => ways.chooseCard(id === ANOTHER ? null : id)}
    />
  );
}

interface OptionProps {
  readonly info: MethodInfo;
  /** Said here where the method is alone in its group. */
  readonly how: string | null;
  readonly amount: number;
  readonly name: string;
  readonly needsGateway: boolean;
  readonly checked: boolean;
  onChoose(method: Method): void;
}

function Option({ info, how, amount, name, needsGateway, checked, onChoose }: OptionProps) {
  const { t } = useBuyingWords();
  const why = useId();
  const found = obstacleOf(info, amount);
  const obstacle = found === "away" && !needsGateway ? null : found;
  // What holds for all of them is said once, above them.
  const reason = obstacle === "away" ? null : obstacle;
  return (
    <label className={styles.option} data-testid={`way-${info.method}`}>
      <input
        type="radio"
        name={name}
        checked={checked}
        disabled={obstacle !== null}
        aria-describedby={reason ? why : obstacle ? `${name}-away` : undefined}
        onChange={() => onChoose(info.method)}
      />
      <span className={styles.label}>
        {info.label}
        {how && <span className={styles.how}>{how}</span>}
        {reason && (
          <span id={why} className={styles.why}>
            {t(`choice.${reason}`, { min: money(info.minAmount), max: money(info.maxAmount) })}
          </span>
        )}
      </span>
    </label>
  );
}
