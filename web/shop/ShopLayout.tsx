import { type ComponentType, Suspense } from "react";
import { Link, NavLink, Outlet, ScrollRestoration, useLocation, useNavigation } from "react-router";
import { isStaff, usePerson } from "../account/usePerson.ts";
import { BagIcon, BookIcon, HomeIcon, PersonIcon, ReceiptIcon } from "../ui/icons/icons.tsx";
import { LeaveGuard } from "../ui/LeaveGuard.tsx";
import { OfflineBanner } from "../ui/OfflineBanner.tsx";
import type { WordKey } from "../ui/words/id.ts";
import { useWords } from "../ui/words.tsx";
import { SearchBox } from "./SearchBox.tsx";
import styles from "./ShopLayout.module.css";
import { useBasket } from "./useBasket.ts";
import { Wordmark } from "./Wordmark.tsx";

interface Place {
  readonly to: string;
  readonly word: WordKey;
  readonly Icon: ComponentType<{ size?: number }>;
}

const places: readonly Place[] = [
  { to: "/", word: "nav.shop", Icon: HomeIcon },
  { to: "/packages", word: "nav.courses", Icon: BookIcon },
  { to: "/orders", word: "nav.orders", Icon: ReceiptIcon },
];

/** The shop's room: a bar on top, the page, and on a phone the places within reach of the thumb. */
export function ShopLayout() {
  const { t } = useWords();
  const { pathname } = useLocation();
  const navigation = useNavigation();
  const basket = useBasket();
  const browsing = pathname === "/" || pathname.startsWith("/products");
  return (
    <div className={styles.room}>
      <a className={styles.skip} href="#content">
        {t("nav.skip")}
      </a>
      {navigation.state === "loading" && <div className={styles.progress} />}
      <header className={styles.header}>
        <div className={styles.bar} data-browsing={browsing || undefined}>
          <Link to="/" className={styles.brand} aria-label={t("nav.home")}>
            <Wordmark />
          </Link>
          {browsing && <SearchBox />}
          <TopPlaces />
          <CartLink count={basket.count} />
          <AccountLink />
        </div>
        <OfflineBanner />
      </header>
      <main id="content" className={styles.main}>
        <Suspense>
          <Outlet />
        </Suspense>
      </main>
      <footer className={styles.footer}>
        <p>{t("footer.promise")}</p>
      </footer>
      <ThumbBar count={basket.count} />
      <ScrollRestoration />
      <LeaveGuard />
    </div>
  );
}

function TopPlaces() {
  const { t } = useWords();
  return (
    <nav className={styles.places} aria-label={t("nav.main")}>
      {places.slice(1).map(({ to, word }) => (
        <NavLink key={to} to={to}>
          {t(word)}
        </NavLink>
      ))}
    </nav>
  );
}

function CartLink({ count }: { readonly count: number }) {
  const { t } = useWords();
  return (
    <Link to="/cart" className={styles.round} aria-label={t("nav.cartCount", { count })} data-testid="cart-link">
      <BagIcon size={24} />
      {count > 0 && <span className={styles.count}>{count > 99 ? "99+" : count}</span>}
    </Link>
  );
}

function AccountLink() {
  const { t } = useWords();
  const { person, signedIn } = usePerson();
  return (
    <>
      {isStaff(person) && (
        <Link to="/admin" className={styles.desk}>
          {t("nav.admin")}
        </Link>
      )}
      <Link to={signedIn ? "/account" : "/login"} className={styles.account} data-testid="account-link">
        <PersonIcon size={22} />
        <span>{signedIn ? (person?.name.split(" ")[0] ?? t("nav.account")) : t("nav.login")}</span>
      </Link>
    </>
  );
}

function ThumbBar({ count }: { readonly count: number }) {
  const { t } = useWords();
  const all: readonly Place[] = [
    ...places.slice(0, 2),
    { to: "/cart", word: "nav.cart", Icon: BagIcon },
    ...places.slice(2),
    { to: "/account", word: "nav.account", Icon: PersonIcon },
  ];
  return (
    <nav className={styles.thumbs} aria-label={t("nav.bottom")}>
      {all.map(({ to, word, Icon }) => (
        <NavLink key={to} to={to} end={to === "/"}>
          <span className={styles.thumbIcon}>
            <Icon size={23} />
            {to === "/cart" && count > 0 && <span className={styles.count}>{count > 99 ? "99+" : count}</span>}
          </span>
          {t(word)}
        </NavLink>
      ))}
    </nav>
  );
}
