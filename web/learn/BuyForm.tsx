import { Button } from "@mantine/core";
import { type FormEvent, useRef, useState } from "react";
import { useSearchParams } from "react-router";
import { Choices } from "../shop/pay/Choices.tsx";
import cards from "../ui/Card.module.css";
import { money } from "../ui/format.ts";
import { useBuyingWords } from "../ui/useBuyingWords.ts";
import { useUnsaved } from "../ui/useUnsaved.ts";
import { standingOf, underWayFor } from "./owning.ts";
import styles from "./PackagePage.module.css";
import type { SoldPackage } from "./PackagePage.tsx";
import { ProofField } from "./ProofField.tsx";
import { PurchaseRefused } from "./PurchaseRefused.tsx";
import { PurchaseUnderWay } from "./PurchaseUnderWay.tsx";
import { proofTrouble } from "./proofFile.ts";
import { TransferTo } from "./TransferTo.tsx";
import { useBuyCourse } from "./useBuyCourse.ts";
import type { Learner } from "./useLearner.ts";

interface BuyFormProps {
  readonly sold: SoldPackage;
  readonly learner: Learner;
  readonly owned: ReadonlySet<string>;
}

type PriceType = SoldPackage["prices"][number]["type"];
type Way = "proof" | "gateway";

/** What a learner has chosen so far; an address may have chosen for him. */
function useChoice({ sold, learner, owned }: BuyFormProps) {
  const [params] = useSearchParams();
  const [picked, setPicked] = useState<string | null>(params.get("course"));
  const [type, setType] = useState<PriceType | null>(null);
  const [way, setWay] = useState<Way | null>(params.get("way") === "proof" ? "proof" : null);
  const isChoice = !sold.isBundle && sold.courses.length > 1;
  const courseId = isChoice ? (sold.courses.find(({ id }) => id === picked && !owned.has(id))?.id ?? null) : null;
  const open = sold.prices.filter((price) => price.type !== "DIKE" || learner.isMember);
  // Members come first: it is their own price.
  const price = open.find((one) => one.type === type) ?? open.find((one) => one.type === "DIKE") ?? open[0];
  return {
    isChoice,
    courseId,
    price,
    way: way ?? (sold.approval === "AUTO" ? ("gateway" as const) : ("proof" as const)),
    pick: setPicked,
    setType: (value: string) => setType(value as PriceType),
    setWay: (value: string) => setWay(value as Way),
  };
}

/** One package for one price, paid by a transfer with its proof or through Midtrans. */
export function BuyForm(props: BuyFormProps) {
  const { sold, learner } = props;
  const { t } = useBuyingWords();
  const choice = useChoice(props);
  const { isChoice, courseId, price } = choice;
  const found =
    isChoice && courseId === null ? undefined : underWayFor(learner.payments, sold.id, isChoice ? courseId : null);
  const standing = found && standingOf(found);
  const [tried, setTried] = useState(false);
  const courses = useRef<HTMLDivElement>(null);
  const onTry = () => {
    setTried(true);
    // What is missing stands above what was pressed, on a phone out of sight.
    if (isChoice && courseId === null) courses.current?.querySelector<HTMLInputElement>("input:enabled")?.focus();
  };
  const blocked = standing === "checking" || standing === "unpaid";
  return (
    <div className={cards.stack}>
      {price && (
        <p className={styles.price} data-testid="package-price">
          {money(price.price)}
        </p>
      )}
      {isChoice && (
        <div ref={courses}>
          <CourseChoice {...props} courseId={courseId} onPick={choice.pick} />
        </div>
      )}
      {tried && isChoice && courseId === null && (
        <p className={styles.missing} role="alert">
          {t("learn.chooseMissing")}
        </p>
      )}
      {found && standing && <PurchaseUnderWay payment={found} standing={standing} onGone={learner.refetch} />}
      {!blocked && price && <Pay {...props} choice={choice} price={price} onTry={onTry} key={standing ?? "new"} />}
    </div>
  );
}

interface CourseChoiceProps extends BuyFormProps {
  readonly courseId: string | null;
  onPick(courseId: string): void;
}

function CourseChoice({ sold, owned, courseId, onPick }: CourseChoiceProps) {
  const { t } = useBuyingWords();
  return (
    <Choices
      legend={t("learn.choose")}
      chosen={courseId ?? ""}
      onChoose={onPick}
      choices={sold.courses.map((course) => ({
        value: course.id,
        title: course.title,
        how: "",
        testId: "course-choice",
        ...(owned.has(course.id) && { obstacle: t("learn.owned") }),
      }))}
    />
  );
}

interface PayProps extends BuyFormProps {
  readonly choice: ReturnType<typeof useChoice>;
  readonly price: SoldPackage["prices"][number];
  onTry(): void;
}

function Pay({ sold, learner, choice, price, onTry }: PayProps) {
  const { t, named } = useBuyingWords();
  const [file, setFile] = useState<File | null>(null);
  const [tried, setTried] = useState(false);
  const byProof = choice.way === "proof";
  const buying = useBuyCourse(useUnsaved(byProof && file !== null));
  const amount = money(price.price);
  const trouble = file && proofTrouble(file);
  const complaint = trouble ? named(`proof.${trouble}`, "") : tried && !file ? t("proof.missing") : null;
  const pick = (picked: File) => {
    setFile(picked);
    buying.forget();
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    onTry();
    if (choice.isChoice && choice.courseId === null) return;
    if (byProof && (!file || trouble)) return;
    const { courseId } = choice;
    void buying.buy({ packageId: sold.id, type: price.type, ...(courseId && { courseId }) }, byProof ? file : null);
  };
  return (
    <form className={cards.stack} onSubmit={submit} noValidate>
      <PriceChoice sold={sold} isMember={learner.isMember} chosen={price.type} onChoose={choice.setType} />
      <WayChoice sold={sold} chosen={choice.way} onChoose={choice.setWay} />
      {byProof && (
        <>
          <TransferTo amount={amount} />
          <ProofField file={file} complaint={complaint} disabled={buying.working} onPick={pick} />
        </>
      )}
      {buying.error ? <PurchaseRefused error={buying.error} /> : null}
      <Button type="submit" size="lg" fullWidth loading={buying.working} data-testid="buy-package">
        {t(byProof ? "learn.sendProof" : "learn.pay", { amount })}
      </Button>
      {buying.sent !== null && (
        <p className={cards.soft} role="status" data-testid="proof-sending">
          {t("proof.sending", { percent: buying.sent })}
        </p>
      )}
    </form>
  );
}

interface PriceChoiceProps {
  readonly sold: SoldPackage;
  readonly isMember: boolean;
  readonly chosen: PriceType;
  onChoose(type: string): void;
}

function PriceChoice({ sold, isMember, chosen, onChoose }: PriceChoiceProps) {
  const { t } = useBuyingWords();
  return (
    <Choices
      legend={t("learn.priceFor")}
      chosen={chosen}
      onChoose={onChoose}
      choices={sold.prices.map(({ type, price }) => ({
        value: type,
        title: `${t(`priceFor.${type}`)} · ${money(price)}`,
        how: t(type === "DIKE" ? "learn.memberHow" : "learn.publicHow"),
        testId: `price-${type}`,
        ...(type === "DIKE" && !isMember && { how: "", obstacle: t("learn.membersOnly") }),
      }))}
    />
  );
}

interface WayChoiceProps {
  readonly sold: SoldPackage;
  readonly chosen: Way;
  onChoose(way: string): void;
}

function WayChoice({ sold, chosen, onChoose }: WayChoiceProps) {
  const { t } = useBuyingWords();
  const gateway = {
    value: "gateway",
    title: t("learn.byGateway"),
    how: t(`learn.byGatewayHow.${sold.approval}`),
    testId: "pay-by-gateway",
  };
  const proof = { value: "proof", title: t("learn.byProof"), how: t("learn.byProofHow"), testId: "pay-by-proof" };
  return <Choices legend={t("learn.way")} chosen={chosen} onChoose={onChoose} choices={[gateway, proof]} />;
}
