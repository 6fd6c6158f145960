// Draws the diagrams of a page, in the colours of its theme.
/* global mermaid */
const isDark =
  document.body.dataset.theme === "dark" ||
  (document.body.dataset.theme !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
mermaid.initialize({ startOnLoad: true, theme: isDark ? "dark" : "neutral" });
