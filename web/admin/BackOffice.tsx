import { Button } from "@mantine/core";
import { type ComponentType, Fragment, type RefObject, useEffect, useRef } from "react";
import { Link, Navigate, NavLink, Route, Routes, useLocation } from "react-router";
import { isStaff, usePerson } from "../account/usePerson.ts";
import { Wordmark } from "../shop/Wordmark.tsx";
import { Empty } from "../ui/Empty.tsx";
import {
  BagIcon,
  BellIcon,
  BookIcon,
  CardIcon,
  CheckIcon,
  DocumentIcon,
  GlobeIcon,
  HomeIcon,
  InboxIcon,
  MailIcon,
  MoneyBackIcon,
  PersonIcon,
  ReceiptIcon,
  RefreshIcon,
  ShieldIcon,
  StarIcon,
  StoreIcon,
  TruckIcon,
  WarningIcon,
} from "../ui/icons/icons.tsx";
import { LanguageSwitch } from "../ui/LanguageSwitch.tsx";
import { LeaveGuard } from "../ui/LeaveGuard.tsx";
import { OfflineBanner } from "../ui/OfflineBanner.tsx";
import { AdjustmentsPage } from "./AdjustmentsPage.tsx";
import { AlertsPage } from "./AlertsPage.tsx";
import styles from "./BackOffice.module.css";
import { CallsPage } from "./CallsPage.tsx";
import { CartsPage } from "./CartsPage.tsx";
import { CasePage } from "./CasePage.tsx";
import { CasesPage } from "./CasesPage.tsx";
import { CloseDayPage } from "./CloseDayPage.tsx";
import { ClosePage } from "./ClosePage.tsx";
import { DiscrepanciesPage } from "./DiscrepanciesPage.tsx";
import { DiscrepancyPage } from "./DiscrepancyPage.tsx";
import { EnrollmentsPage } from "./EnrollmentsPage.tsx";
import { FeesPage } from "./FeesPage.tsx";
import { FraudPage } from "./FraudPage.tsx";
import { HomePage } from "./HomePage.tsx";
import { ImportPage } from "./ImportPage.tsx";
import { InboxPage } from "./InboxPage.tsx";
import { LedgerEntriesPage } from "./LedgerEntriesPage.tsx";
import { LedgerPage } from "./LedgerPage.tsx";
import { MembersPage } from "./MembersPage.tsx";
import { MidtransPage } from "./MidtransPage.tsx";
import { NoticesPage } from "./NoticesPage.tsx";
import { OrderPage } from "./OrderPage.tsx";
import { OrdersPage } from "./OrdersPage.tsx";
import { PaymentPage } from "./PaymentPage.tsx";
import { PaymentsPage } from "./PaymentsPage.tsx";
import { ProofsPage } from "./ProofsPage.tsx";
import { RefundsPage } from "./RefundsPage.tsx";
import { ReviewsPage } from "./ReviewsPage.tsx";
import { ShippingPage } from "./ShippingPage.tsx";
import { StatementsPage } from "./StatementsPage.tsx";
import { SubscriptionsPage } from "./SubscriptionsPage.tsx";
import type { AnyWordKey } from "./useDeskWords.ts";
import { useDeskWords } from "./useDeskWords.ts";

interface Place {
  readonly to: string;
  readonly word: AnyWordKey;
  readonly Icon: ComponentType<{ size?: number }>;
}

/** What belongs together stands together, for the places are many. */
const GROUPS: ReadonlyArray<{ readonly word: AnyWordKey; readonly places: readonly Place[] }> = [
  {
    word: "desk.daily",
    places: [
      { to: "/admin", word: "admin.home", Icon: HomeIcon },
      { to: "/admin/orders", word: "admin.orders", Icon: ReceiptIcon },
      { to: "/admin/shipping", word: "ship.title", Icon: TruckIcon },
      { to: "/admin/payments", word: "admin.payments", Icon: CardIcon },
      { to: "/admin/refunds", word: "refunds.title", Icon: MoneyBackIcon },
      { to: "/admin/carts", word: "carts.title", Icon: BagIcon },
      { to: "/admin/cases", word: "cases.title", Icon: WarningIcon },
      { to: "/admin/alerts", word: "admin.alerts", Icon: BellIcon },
    ],
  },
  {
    word: "desk.learning",
    places: [
      { to: "/admin/proofs", word: "proofs.title", Icon: DocumentIcon },
      { to: "/admin/enrollments", word: "enrollments.title", Icon: PersonIcon },
      { to: "/admin/subscriptions", word: "subscriptions.title", Icon: RefreshIcon },
      { to: "/admin/members", word: "members.title", Icon: ShieldIcon },
      { to: "/admin/reviews", word: "deskReviews.title", Icon: StarIcon },
    ],
  },
  {
    word: "desk.close",
    places: [
      { to: "/admin/close", word: "close.title", Icon: CheckIcon },
      { to: "/admin/ledger", word: "ledger.title", Icon: BookIcon },
      { to: "/admin/statements", word: "statement.title", Icon: StoreIcon },
    ],
  },
  {
    word: "desk.behind",
    places: [
      { to: "/admin/notifications", word: "admin.inbox", Icon: InboxIcon },
      { to: "/admin/calls", word: "calls.title", Icon: RefreshIcon },
      { to: "/admin/midtrans", word: "admin.midtrans", Icon: GlobeIcon },
      { to: "/admin/fraud", word: "admin.fraud", Icon: ShieldIcon },
      { to: "/admin/notices", word: "admin.notices", Icon: MailIcon },
    ],
  },
];

/** The back office's room, for staff alone. What a person may do is the server's to say; this only shows the way. */
export function BackOffice() {
  const { person, loading, signedIn } = usePerson();
  const { pathname, search } = useLocation();
  if (!signedIn) return <Navigate to={`/login?next=${encodeURIComponent(pathname + search)}`} replace />;
  if (loading) return null;
  if (!isStaff(person)) return <StaffOnly />;
  return (
    <div className={styles.room}>
      <Side name={person?.name ?? ""} />
      <div className={styles.work}>
        <OfflineBanner />
        <main id="content">
          <Routes>
            <Route index element={<HomePage />} />
            <Route path="orders" element={<OrdersPage />} />
            <Route path="orders/:id" element={<OrderPage />} />
            <Route path="shipping" element={<ShippingPage />} />
            <Route path="payments" element={<PaymentsPage />} />
            <Route path="payments/:id" element={<PaymentPage />} />
            <Route path="refunds" element={<RefundsPage />} />
            <Route path="cases" element={<CasesPage />} />
            <Route path="cases/:id" element={<CasePage />} />
            <Route path="proofs" element={<ProofsPage />} />
            <Route path="enrollments" element={<EnrollmentsPage />} />
            <Route path="subscriptions" element={<SubscriptionsPage />} />
            <Route path="members" element={<MembersPage />} />
            <Route path="reviews" element={<ReviewsPage />} />
            <Route path="close" element={<ClosePage />} />
            <Route path="close/fees" element={<FeesPage />} />
            <Route path="close/import" element={<ImportPage />} />
            <Route path="close/queue" element={<DiscrepanciesPage />} />
            <Route path="close/queue/:id" element={<DiscrepancyPage />} />
            <Route path="close/:day" element={<CloseDayPage />} />
            <Route path="ledger" element={<LedgerPage />} />
            <Route path="ledger/entries" element={<LedgerEntriesPage />} />
            <Route path="ledger/adjustments" element={<AdjustmentsPage />} />
            <Route path="carts" element={<CartsPage />} />
            <Route path="statements" element={<StatementsPage />} />
            <Route path="alerts" element={<AlertsPage />} />
            <Route path="notifications" element={<InboxPage />} />
            <Route path="calls" element={<CallsPage />} />
            <Route path="notices" element={<NoticesPage />} />
            <Route path="fraud" element={<FraudPage />} />
            <Route path="midtrans" element={<MidtransPage />} />
            <Route path="*" element={<Navigate to="/admin" replace />} />
          </Routes>
        </main>
      </div>
      <LeaveGuard />
    </div>
  );
}

/** Brings the place where somebody is into view among the others; the page itself stays where it is. */
function useCurrentInView(): RefObject<HTMLElement | null> {
  const nav = useRef<HTMLElement>(null);
  const { pathname } = useLocation();
  // biome-ignore lint/correctness/useExhaustiveDependencies: arriving at another path is what moves it
  useEffect(() => {
    const current = nav.current?.querySelector<HTMLElement>('[aria-current="page"]');
    if (!nav.current || !current) return;
    const { clientWidth, clientHeight } = nav.current;
    nav.current.scrollTo({
      left: current.offsetLeft - (clientWidth - current.offsetWidth) / 2,
      top: current.offsetTop - (clientHeight - current.offsetHeight) / 2,
      behavior: "instant",
    });
  }, [pathname]);
  return nav;
}

function Side({ name }: { readonly name: string }) {
  const { t } = useDeskWords();
  const nav = useCurrentInView();
  return (
    <header className={styles.side}>
      <Link to="/admin" className={styles.brand} aria-label={t("admin.title")}>
        <Wordmark />
      </Link>
      <nav ref={nav} aria-label={t("admin.nav")}>
        {GROUPS.map((group) => (
          <Fragment key={group.word}>
            <h2>{t(group.word)}</h2>
            {group.places.map(({ to, word, Icon }) => (
              <NavLink key={to} to={to} end={to === "/admin"}>
                <Icon size={18} />
                {t(word)}
              </NavLink>
            ))}
          </Fragment>
        ))}
      </nav>
      <div className={styles.foot}>
        <LanguageSwitch />
        <p>{name}</p>
        <Link to="/">{t("admin.toShop")}</Link>
      </div>
    </header>
  );
}

function StaffOnly() {
  const { t } = useDeskWords();
  return (
    <main>
      <Empty
        whole
        icon={<ShieldIcon size={32} />}
        title={t("admin.staffOnly")}
        text={t("admin.staffOnlyText")}
        action={
          <Button component={Link} to="/account">
            {t("nav.account")}
          </Button>
        }
      />
    </main>
  );
}
