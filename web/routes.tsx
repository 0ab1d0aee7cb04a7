import { createBrowserRouter, type RouteObject } from "react-router";
import { BrokenPage } from "./shop/BrokenPage.tsx";
import { CataloguePage } from "./shop/CataloguePage.tsx";
import { ComingPage } from "./shop/ComingPage.tsx";
import { ShopLayout } from "./shop/ShopLayout.tsx";

// The catalogue comes with the first bundle; every other page when somebody goes there.
const shop: RouteObject[] = [
  { index: true, Component: CataloguePage },
  { path: "products/:slug", lazy: async () => ({ Component: (await import("./shop/ProductPage.tsx")).ProductPage }) },
  { path: "cart", lazy: async () => ({ Component: (await import("./shop/CartPage.tsx")).CartPage }) },
  { path: "checkout", lazy: async () => ({ Component: (await import("./shop/CheckoutPage.tsx")).CheckoutPage }) },
  { path: "payments", lazy: async () => ({ Component: (await import("./account/PaymentsPage.tsx")).PaymentsPage }) },
  {
    path: "payments/:paymentId",
    lazy: async () => ({ Component: (await import("./shop/PaymentPage.tsx")).PaymentPage }),
  },
  {
    path: "payments/:paymentId/result",
    lazy: async () => ({ Component: (await import("./shop/ResultPage.tsx")).ResultPage }),
  },
  { path: "packages", lazy: async () => ({ Component: (await import("./learn/PackagesPage.tsx")).PackagesPage }) },
  { path: "packages/:id", lazy: async () => ({ Component: (await import("./learn/PackagePage.tsx")).PackagePage }) },
  { path: "courses", lazy: async () => ({ Component: (await import("./learn/CoursesPage.tsx")).CoursesPage }) },
  {
    path: "packages/:id/subscribe",
    lazy: async () => ({ Component: (await import("./learn/SubscribePage.tsx")).SubscribePage }),
  },
  { path: "login", lazy: async () => ({ Component: (await import("./account/LoginPage.tsx")).LoginPage }) },
  { path: "register", lazy: async () => ({ Component: (await import("./account/RegisterPage.tsx")).RegisterPage }) },
  { path: "account", lazy: async () => ({ Component: (await import("./account/AccountPage.tsx")).AccountPage }) },
  { path: "account/saved", lazy: async () => ({ Component: (await import("./account/SavedPage.tsx")).SavedPage }) },
  {
    path: "account/reviews",
    lazy: async () => ({ Component: (await import("./account/ReviewsPage.tsx")).ReviewsPage }),
  },
  {
    path: "account/subscriptions",
    lazy: async () => ({ Component: (await import("./account/SubscriptionsPage.tsx")).SubscriptionsPage }),
  },
  { path: "orders", lazy: async () => ({ Component: (await import("./account/OrdersPage.tsx")).OrdersPage }) },
  { path: "orders/:id", lazy: async () => ({ Component: (await import("./account/OrderPage.tsx")).OrderPage }) },
  { path: "*", lazy: async () => ({ Component: (await import("./shop/LostPage.tsx")).LostPage }) },
];

function BrokenRoom() {
  return (
    <main>
      <BrokenPage />
    </main>
  );
}

/** Every address of the client. The server sends people to /payments/:id/result, /orders and /orders/:id. */
export const router = createBrowserRouter([
  {
    path: "/admin/*",
    HydrateFallback: () => null,
    ErrorBoundary: BrokenRoom,
    lazy: async () => ({ Component: (await import("./admin/BackOffice.tsx")).BackOffice }),
  },
  {
    path: "/",
    Component: ShopLayout,
    ErrorBoundary: BrokenRoom,
    // The ways on stay beside a page that is still coming, and beside one that can't be had.
    children: [{ HydrateFallback: ComingPage, ErrorBoundary: BrokenPage, children: shop }],
  },
]);
