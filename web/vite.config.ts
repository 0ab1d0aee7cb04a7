import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

const API_IN_DEVELOPMENT = process.env["LUNAS_API"] ?? "http://127.0.0.1:4000";

export default defineConfig({
  root: import.meta.dirname,
  base: "/",
  plugins: [react()],
  build: {
    outDir: "../dist/client",
    emptyOutDir: true,
    target: "es2022",
    // A data: address would need its own permission in the content security policy.
    assetsInlineLimit: 0,
  },
  server: { port: 5173, proxy: { "/graphql": API_IN_DEVELOPMENT, "/media": API_IN_DEVELOPMENT } },
});
