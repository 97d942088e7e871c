// Light or dark: the system's choice until a person makes one, which the server reads from a cookie.

export function toggleTheme() {
  const root = document.documentElement;
  const dark = root.dataset.theme ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
  root.dataset.theme = dark === "dark" ? "light" : "dark";
  document.cookie = `headgate_theme=${root.dataset.theme}; path=/; max-age=31536000; samesite=strict`;
}
