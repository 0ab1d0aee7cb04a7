import { ApolloProvider } from "@apollo/client/react";
import { MantineProvider } from "@mantine/core";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { RouterProvider } from "react-router/dom";
import { session } from "./graphql/browserSession.ts";
import { client } from "./graphql/client.ts";
import { router } from "./routes.tsx";
import "./ui/styles.ts";
import { ToastProvider } from "./ui/Toast.tsx";
import { theme, variables } from "./ui/theme.ts";
import { unsaved } from "./ui/unsaved.ts";
import { rememberedWords, WordsProvider } from "./ui/words.tsx";

const nonce = document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? "";
// The scroll lock of overlays writes a style element and asks for its nonce under this name alone.
Object.assign(globalThis, { __webpack_nonce__: nonce });

// Nothing of the last person may be left in memory for the next one.
session.subscribe((hasLeft) => {
  if (!hasLeft) return;
  // Nor may a question keep him on the page.
  unsaved.clear();
  // The next one is here already: this tab slept through the change.
  if (session.signedIn()) window.location.reload();
  else void client.clearStore();
});

const root = document.getElementById("root");
if (!root) throw new Error("index.html has no #root");
const words = await rememberedWords();
createRoot(root).render(
  <StrictMode>
    <ApolloProvider client={client}>
      <MantineProvider
        theme={theme}
        forceColorScheme="light"
        cssVariablesResolver={variables}
        getStyleNonce={() => nonce}
      >
        <WordsProvider first={words}>
          <ToastProvider>
            <RouterProvider router={router} />
          </ToastProvider>
        </WordsProvider>
      </MantineProvider>
    </ApolloProvider>
  </StrictMode>,
);
