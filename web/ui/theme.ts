import { type CSSVariablesResolver, createTheme, type MantineColorsTuple } from "@mantine/core";
import button from "./Button.module.css";

/** Mangosteen: the shop's own colour, far from every colour that means a status. */
const manggis: MantineColorsTuple = [
  "#fbf1f8",
  "#f1dfeb",
  "#e1bcd5",
  "#cf95bd",
  "#bd72a6",
  "#a4538b",
  "#863b70",
  "#6a2a55",
  "#552044",
  "#3f1632",
];

/** The one place where the client's colours, sizes and shapes are decided. */
export const theme = createTheme({
  primaryColor: "manggis",
  primaryShade: 7,
  colors: { manggis },
  black: "#2b2027",
  fontFamily: '"Plus Jakarta Sans Variable", system-ui, -apple-system, "Segoe UI", Roboto, sans-serif',
  fontFamilyMonospace: 'ui-monospace, "SFMono-Regular", Menlo, Consolas, "DejaVu Sans Mono", monospace',
  headings: {
    fontWeight: "700",
    sizes: {
      h1: { fontSize: "1.75rem", lineHeight: "1.2" },
      h2: { fontSize: "1.25rem", lineHeight: "1.3" },
      h3: { fontSize: "1.0625rem", lineHeight: "1.4" },
    },
  },
  defaultRadius: "md",
  radius: { xs: "4px", sm: "8px", md: "12px", lg: "18px", xl: "28px" },
  cursorType: "pointer",
  respectReducedMotion: true,
  components: {
    Button: { defaultProps: { size: "md" }, classNames: { root: button["root"], label: button["label"] } },
    TextInput: { defaultProps: { size: "md" } },
    PasswordInput: { defaultProps: { size: "md" } },
    Textarea: { defaultProps: { size: "md" } },
  },
});

/** The names by which stylesheets speak of colours; each text on its ground has a contrast of at least 4.5. */
export const variables: CSSVariablesResolver = () => ({
  variables: {
    "--ground": "#fbf7f0",
    "--surface": "#ffffff",
    "--sunken": "#f4ede3",
    "--line": "#e8dfd3",
    "--line-strong": "#8d7f86",
    "--ink": "#2b2027",
    "--ink-soft": "#665760",
    "--brand": "#6a2a55",
    "--brand-deep": "#3f1632",
    "--brand-tint": "#f8ebf3",
    "--kunyit": "#f0b23c",
    "--kunyit-tint": "#fdf3dc",
    "--waiting": "#7c4a03",
    "--waiting-tint": "#fdeecb",
    "--good": "#17603a",
    "--good-tint": "#dcf3e4",
    "--way": "#1d4f9c",
    "--way-tint": "#e0ebfb",
    "--ended": "#56505a",
    "--ended-tint": "#ece9ec",
    "--wrong": "#a1201f",
    "--wrong-tint": "#fbe3e0",
    "--shadow-soft": "0 1px 2px rgb(63 22 50 / 5%), 0 6px 20px -8px rgb(63 22 50 / 12%)",
    "--shadow-lift": "0 2px 4px rgb(63 22 50 / 6%), 0 18px 36px -14px rgb(63 22 50 / 24%)",
    "--mantine-color-body": "#fbf7f0",
    "--mantine-color-text": "#2b2027",
    "--mantine-color-dimmed": "#665760",
    "--mantine-color-error": "#a1201f",
    "--mantine-color-placeholder": "#7a6b74",
  },
  light: {},
  dark: {},
});
