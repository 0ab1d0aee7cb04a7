import { useMutation, useQuery } from "@apollo/client/react";
import { Button } from "@mantine/core";
import { type FormEvent, useMemo, useState } from "react";
import { Link, useNavigate, useParams } from "react-router";
import { SignedInOnly } from "../account/SignedInOnly.tsx";
import {
  CreateSubscriptionDocument,
  PackageDocument,
  type PackageQuery,
  SavedCardsDocument,
  SubscriptionsDocument,
} from "../graphql/generated/shop/graphql.ts";
import { createAttempts } from "../shop/attempt.ts";
import { LostPage } from "../shop/LostPage.tsx";
import { CardChoice } from "../shop/pay/CardChoice.tsx";
import { isUsable } from "../shop/pay/cardName.ts";
import { usePayWords } from "../shop/pay/usePayWords.ts";
import { Bone } from "../ui/Bone.tsx";
import cards from "../ui/Card.module.css";
import { Failure } from "../ui/Failure.tsx";
import { failureOf } from "../ui/failure.ts";
import { money } from "../ui/format.ts";
import { BookIcon, CardIcon } from "../ui/icons/icons.tsx";
import { Loading } from "../ui/Loading.tsx";
import { Page } from "../ui/Page.tsx";
import { useToast } from "../ui/Toast.tsx";
import { useNow } from "../ui/useNow.ts";

type Package = NonNullable<PackageQuery["package"]>;

/** Ordering a package by the month, charged to a saved card. */
export function SubscribePage() {
  const { p } = usePayWords();
  return (
    <SignedInOnly>
      <Page title={p("subscribe.title")} narrow>
        <Loaded />
      </Page>
    </SignedInOnly>
  );
}

function Loaded() {
  const { id = "" } = useParams();
  const { data, loading, error, refetch } = useQuery(PackageDocument, { variables: { id } });
  const saved = useQuery(SavedCardsDocument, { fetchPolicy: "cache-and-network" });
  const failed = error ?? (saved.data ? undefined : saved.error);
  if (failed) return <Failure error={failed} onRetry={() => void Promise.all([refetch(), saved.refetch()])} />;
  if (loading || !saved.data) {
    return (
      <Loading>
        <Bone height={320} />
      </Loading>
    );
  }
  if (!data?.package?.monthlyPrice) return <LostPage />;
  return (
    <div className={cards.stack}>
      <Offer sold={data.package} price={data.package.monthlyPrice} />
      <ByCard packageId={data.package.id} price={data.package.monthlyPrice} saved={saved.data.savedCards} />
    </div>
  );
}

function Offer({ sold, price }: { readonly sold: Package; readonly price: number }) {
  const { p } = usePayWords();
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
      <p className={cards.soft}>{p("subscribe.terms", { amount: money(price) })}</p>
    </section>
  );
}

type Cards = Parameters<typeof CardChoice>[0]["cards"];

/** One press, one subscription: the key belongs to the card that is shown. */
function useSubscribe(packageId: string) {
  const { p } = usePayWords();
  const say = useToast();
  const navigate = useNavigate();
  const attempts = useMemo(() => createAttempts(() => crypto.randomUUID()), []);
  const [create, { loading, error }] = useMutation(CreateSubscriptionDocument, {
    refetchQueries: [SubscriptionsDocument],
  });
  const subscribe = async (savedCardId: string) => {
    if (loading) return;
    const order = { packageId, method: "CREDIT_CARD", savedCardId } as const;
    const input = { ...order, idempotencyKey: attempts.keyFor(order) };
    // A refusal stands in `error`.
    const answer = await create({ variables: { input } }).catch(() => null);
    if (!answer?.data) return;
    say(p("subscribe.done"));
    await navigate("/account/subscriptions", { replace: true });
  };
  return { subscribe, loading, error };
}

interface ByCardProps {
  readonly packageId: string;
  readonly price: number;
  readonly saved: Cards;
}

function ByCard({ packageId, price, saved }: ByCardProps) {
  const { p } = usePayWords();
  const now = useNow(false);
  const usable = saved.filter((card) => isUsable(card, now));
  const [picked, setPicked] = useState<string | null>(null);
  const chosen = usable.find(({ id }) => id === picked) ?? usable[0];
  const { subscribe, loading, error } = useSubscribe(packageId);
  if (!chosen) return <NoCard />;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void subscribe(chosen.id);
  };
  return (
    <form className={`${cards.card} ${cards.stack}`} onSubmit={submit} noValidate>
      <CardChoice cards={usable} chosen={chosen.id} another={false} onChoose={setPicked} />
      {error && <Refused error={error} />}
      <Button type="submit" size="lg" loading={loading} data-testid="subscribe">
        {p("subscribe.go", { amount: money(price) })}
      </Button>
    </form>
  );
}

function Refused({ error }: { readonly error: unknown }) {
  const { p } = usePayWords();
  if (failureOf(error).code !== "CONFLICT") return <Failure error={error} />;
  return (
    <p className={cards.soft} role="alert" data-testid="subscribed-already">
      {p("subscribe.already")} <Link to="/account/subscriptions">{p("subscriptions.title")}</Link>
    </p>
  );
}

function NoCard() {
  const { p } = usePayWords();
  return (
    <section className={`${cards.card} ${cards.stack}`} data-testid="no-cards">
      <h2>
        <CardIcon /> {p("subscribe.noCardTitle")}
      </h2>
      <p className={cards.soft}>{p("cards.none")}</p>
      <div>
        <Button component={Link} to="/" variant="light">
          {p("cards.shop")}
        </Button>
      </div>
    </section>
  );
}
