import { useApolloClient } from "@apollo/client/react";
import { Button } from "@mantine/core";
import { Link, useNavigate } from "react-router";
import { session } from "../graphql/browserSession.ts";
import { LogoutDocument } from "../graphql/generated/shop/graphql.ts";
import { addressDrafts } from "../shop/addressDraft.ts";
import { Bone } from "../ui/Bone.tsx";
import cards from "../ui/Card.module.css";
import {
  BookIcon,
  CardIcon,
  GlobeIcon,
  LeaveIcon,
  NextIcon,
  PersonIcon,
  ReceiptIcon,
  RefreshIcon,
  StarIcon,
} from "../ui/icons/icons.tsx";
import { LanguageSwitch } from "../ui/LanguageSwitch.tsx";
import { Page } from "../ui/Page.tsx";
import { useBuyingWords } from "../ui/useBuyingWords.ts";
import styles from "./AccountPage.module.css";
import { PaymentList } from "./PaymentList.tsx";
import { Reminders } from "./Reminders.tsx";
import { isStaff, usePerson } from "./usePerson.ts";

/** The payments that stand on the account's own page; the others are one step away. */
const NEWEST = 3;

/** Who is signed in, the newest payments, the ways to orders and out. Open to visitors for the language. */
export function AccountPage() {
  const { t } = useBuyingWords();
  const { person, signedIn } = usePerson();
  return (
    <Page title={t("account.title")} narrow>
      <div className={cards.stack}>
        <section className={cards.card}>
          <h2>
            <PersonIcon /> {t("account.me")}
          </h2>
          {signedIn ? <Me person={person} /> : <Visitor />}
        </section>
        <section className={cards.card}>
          <h2>
            <GlobeIcon /> {t("common.language")}
          </h2>
          <LanguageSwitch />
        </section>
        {signedIn && <Reminders />}
        {signedIn && (
          <section className={cards.card}>
            <h2>
              <CardIcon /> {t("history.title")}
            </h2>
            <PaymentList first={NEWEST} brief />
          </section>
        )}
        {signedIn && (
          <nav className={styles.ways} aria-label={t("account.title")}>
            <Link to="/orders">
              <ReceiptIcon /> {t("nav.orders")} <NextIcon size={18} />
            </Link>
            <Link to="/courses">
              <BookIcon /> {t("courses.title")} <NextIcon size={18} />
            </Link>
            <Link to="/payments">
              <CardIcon /> {t("history.title")} <NextIcon size={18} />
            </Link>
            <Link to="/account/reviews">
              <StarIcon size={20} /> {t("reviews.title")} <NextIcon size={18} />
            </Link>
            <Link to="/account/saved">
              <CardIcon /> {t("saved.title")} <NextIcon size={18} />
            </Link>
            <Link to="/account/subscriptions">
              <RefreshIcon /> {t("subscriptions.title")} <NextIcon size={18} />
            </Link>
            {isStaff(person) && (
              <Link to="/admin">
                <PersonIcon /> {t("nav.admin")} <NextIcon size={18} />
              </Link>
            )}
          </nav>
        )}
      </div>
    </Page>
  );
}

function Me({ person }: { readonly person: ReturnType<typeof usePerson>["person"] }) {
  const { t } = useBuyingWords();
  const client = useApolloClient();
  const navigate = useNavigate();
  const leave = () => {
    const refreshToken = session.signOut();
    addressDrafts.forget();
    // Signed out here whatever the server says; a token that it never hears of ends by itself.
    if (refreshToken) {
      client
        .mutate({ mutation: LogoutDocument, variables: { refreshToken }, context: { identity: "none" } })
        .catch(() => undefined);
    }
    navigate("/");
  };
  return (
    <div className={cards.stack}>
      {person ? (
        <div>
          <p className={styles.name}>{person.name}</p>
          <p className={cards.soft}>{person.email}</p>
          {person.phone && <p className={cards.soft}>{person.phone}</p>}
        </div>
      ) : (
        <Bone height={48} width={220} />
      )}
      <div>
        <Button variant="default" leftSection={<LeaveIcon size={18} />} onClick={leave} data-testid="logout">
          {t("account.logout")}
        </Button>
      </div>
    </div>
  );
}

function Visitor() {
  const { t } = useBuyingWords();
  return (
    <div className={cards.stack}>
      <p className={cards.soft}>{t("account.visitor")}</p>
      <div className={cards.actions}>
        <Button component={Link} to="/login">
          {t("login.submit")}
        </Button>
        <Button component={Link} to="/register" variant="light">
          {t("login.register")}
        </Button>
      </div>
    </div>
  );
}
