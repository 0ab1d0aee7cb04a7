import { useMutation, useQuery } from "@apollo/client/react";
import { Button } from "@mantine/core";
import { type FormEvent, useMemo, useState } from "react";
import { Link, useNavigate, useParams } from "react-router";
import { SignedInOnly } from "../account/SignedInOnly.tsx";
import {
  CreateSubscriptionDocument,
  PackageDocument,
  type PackageQuery,
  PayersDocument,
  SubscriptionsDocument,
} from "../graphql/generated/buying/graphql.ts";
import { createAttempts } from "../shop/attempt.ts";
import { LostPage } from "../shop/LostPage.tsx";
import { Choices } from "../shop/pay/Choices.tsx";
import { cardName, isUsable } from "../shop/pay/cardName.ts";
import { BY_ACCOUNT, BY_CARD } from "../shop/pay/methodGroups.ts";
import { useLinkedLabel } from "../shop/pay/useLinkedLabel.ts";
import { Bone } from "../ui/Bone.tsx";
import cards from "../ui/Card.module.css";
import { Failure } from "../ui/Failure.tsx";
import { failureOf } from "../ui/failure.ts";
import { money } from "../ui/format.ts";
import { BookIcon, CardIcon } from "../ui/icons/icons.tsx";
import { Loading } from "../ui/Loading.tsx";
import { Page } from "../ui/Page.tsx";
import { useToast } from "../ui/Toast.tsx";
import { useBuyingWords } from "../ui/useBuyingWords.ts";
import { useNow } from "../ui/useNow.ts";

type Package = NonNullable<PackageQuery["package"]>;

/** Ordering a package by the month, charged to a saved card or a linked account. */
export function SubscribePage() {
  const { t } = useBuyingWords();
  return (
    <SignedInOnly>
      <Page title={t("subscribe.title")} narrow>
        <Loaded />
      </Page>
    </SignedInOnly>
  );
}

/** What can be charged by the month: usable cards, then linked accounts. */
function usePayers() {
  const { on, t } = useBuyingWords();
  const label = useLinkedLabel();
  const now = useNow(false);
  const { data, error, refetch } = useQuery(PayersDocument, { fetchPolicy: "cache-and-network" });
  const byCard = data?.savedCards
    .filter((card) => isUsable(card, now))
    .map((card) => ({
      value: card.id,
      title: cardName(card),
      how: card.expiresAt ? t("cards.until", { when: on(card.expiresAt) }) : t("cards.monthly"),
      testId: "saved-card",
      pays: { method: BY_CARD, savedCardId: card.id } as const,
    }));
  const byAccount = data?.linkedAccounts
    .filter(({ state }) => state === "LINKED")
    .map((account) => ({
      value: account.id,
      title: `${label} ${account.maskedPhone}`,
      how: t("cards.monthly"),
      testId: "linked-account",
      pays: { method: BY_ACCOUNT, linkedAccountId: account.id } as const,
    }));
  const payers = byCard && byAccount && [...byCard, ...byAccount];
  return { payers, error: data ? undefined : error, refetch };
}

type Payer = NonNullable<ReturnType<typeof usePayers>["payers"]>[number];

function Loaded() {
  const { id = "" } = useParams();
  const { data, loading, error, refetch } = useQuery(PackageDocument, { variables: { id } });
  const { payers, ...asked } = usePayers();
  const failed = error ?? asked.error;
  if (failed) return <Failure error={failed} onRetry={() => void Promise.all([refetch(), asked.refetch()])} />;
  if (loading || !payers) {
    return (
      <Loading>
        <Bone height={320} />
      </Loading>
    );
  }
  if (!data?.package?.monthlyPrice) return <LostPage />;
  const { id: packageId, monthlyPrice: price } = data.package;
  return (
    <div className={cards.stack}>
      <Offer sold={data.package} price={price} />
      {payers.length > 0 ? <OrderForm packageId={packageId} price={price} payers={payers} /> : <NothingToCharge />}
    </div>
  );
}

function Offer({ sold, price }: { readonly sold: Package; readonly price: number }) {
  const { t } = useBuyingWords();
  return (
    <section className={`${cards.card} ${cards.stack}`}>
      <h2>
        <BookIcon /> {sold.name}
      </h2>
      <ul>
        {sold.courses.map((course) => (
          <li key={course.id}>
            <strong>{course.title}</strong>
            <p className={cards.soft}>{course.description}</p>
          </li>
        ))}
      </ul>
      <p className={cards.soft}>{t("subscribe.terms", { amount: money(price) })}</p>
    </section>
  );
}

/** One press, one subscription: the key belongs to what is shown. */
function useSubscribe(packageId: string) {
  const { t } = useBuyingWords();
  const say = useToast();
  const navigate = useNavigate();
  const attempts = useMemo(() => createAttempts(() => crypto.randomUUID()), []);
  const [create, { loading, error }] = useMutation(CreateSubscriptionDocument, {
    refetchQueries: [SubscriptionsDocument],
  });
  const subscribe = async ({ pays }: Payer) => {
    if (loading) return;
    const order = { packageId, ...pays };
    const input = { ...order, idempotencyKey: attempts.keyFor(order) };
    // A refusal stands in `error`.
    const answer = await create({ variables: { input } }).catch(() => null);
    if (!answer?.data) return;
    say(t("subscribe.done"));
    await navigate("/account/subscriptions", { replace: true });
  };
  return { subscribe, loading, error };
}

interface OrderFormProps {
  readonly packageId: string;
  readonly price: number;
  readonly payers: readonly Payer[];
}

function OrderForm({ packageId, price, payers }: OrderFormProps) {
  const { t } = useBuyingWords();
  const [picked, setPicked] = useState<string | null>(null);
  const chosen = payers.find(({ value }) => value === picked) ?? payers[0];
  const { subscribe, loading, error } = useSubscribe(packageId);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (chosen) void subscribe(chosen);
  };
  return (
    <form className={`${cards.card} ${cards.stack}`} onSubmit={submit} noValidate>
      <Choices legend={t("subscriptions.by")} choices={payers} chosen={chosen?.value ?? ""} onChoose={setPicked} />
      {error && <Refused error={error} />}
      <Button type="submit" size="lg" loading={loading} data-testid="subscribe">
        {t("subscribe.go", { amount: money(price) })}
      </Button>
    </form>
  );
}

function Refused({ error }: { readonly error: unknown }) {
  const { t } = useBuyingWords();
  if (failureOf(error).code !== "CONFLICT") return <Failure error={error} />;
  return (
    <p className={cards.soft} role="alert" data-testid="subscribed-already">
      {t("subscribe.already")} <Link to="/account/subscriptions">{t("subscriptions.title")}</Link>
    </p>
  );
}

function NothingToCharge() {
  const { t } = useBuyingWords();
  const label = useLinkedLabel();
  return (
    <section className={`${cards.card} ${cards.stack}`} data-testid="nothing-to-charge">
      <h2>
        <CardIcon /> {t("subscribe.nothingTitle")}
      </h2>
      <p className={cards.soft}>{t("subscribe.nothing", { label })}</p>
      <div className={cards.actions}>
        <Button component={Link} to="/account/saved" variant="light">
          {t("accounts.link", { label })}
        </Button>
        <Button component={Link} to="/" variant="default">
          {t("cards.shop")}
        </Button>
      </div>
    </section>
  );
}
