// What pages do beyond plain HTML. Everything here is an addition: without
// script all forms and links still work.
import { startKeys } from "./keys.js";
import { startLive } from "./live.js";
import { startViewer } from "./viewer.js";
import { startDesk } from "./desk.js";
import { startSimilar } from "./similar.js";
import { startUploads } from "./upload.js";

for (const select of document.querySelectorAll("[data-submit]")) {
  select.addEventListener("change", () => select.form.requestSubmit());
}
for (const button of document.querySelectorAll("[data-confirm]")) {
  button.addEventListener("click", (e) => {
    if (!window.confirm(button.dataset.confirm)) e.preventDefault();
  });
}
for (const button of document.querySelectorAll("[data-print]")) {
  button.addEventListener("click", () => window.print());
}
// The theme switches at once; the form behind the button is for browsers
// without script.
for (const button of document.querySelectorAll("button.theme")) {
  button.addEventListener("click", (e) => {
    e.preventDefault();
    const root = document.documentElement;
    const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    const theme = dark ? "light" : "dark";
    root.dataset.theme = theme;
    const secure = location.protocol === "https:" ? "; Secure" : "";
    document.cookie = `assay_theme=${theme}; Path=/; Max-Age=31536000; SameSite=Lax${secure}`;
  });
}
document.querySelector("[data-focus]")?.focus();

startKeys();
startLive();
startViewer();
startDesk();
startUploads();
startSimilar();
