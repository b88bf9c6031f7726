// The reviewer's desk: two keys decide (b or p, then a number), and the claim
// on a case is renewed while somebody is at it.
import { onKey } from "./keys.js";

const renewEvery = 5 * 60 * 1000;

export function startDesk() {
  const form = document.querySelector("[data-decide]");
  if (form) twoKeys(form);
  const lease = document.querySelector('[data-lease="mine"]');
  if (form && lease) renew(form);
  for (const d of document.querySelectorAll("details")) d.addEventListener("toggle", () => d.open && d.querySelector("[data-first]")?.focus());
  document.addEventListener("keydown", send);
}

/** send posts the form of a text that somebody writes, on Ctrl and Enter. */
function send(e) {
  if (e.key !== "Enter" || !(e.ctrlKey || e.metaKey) || !e.target.matches?.("textarea, select")) return;
  const form = e.target.form;
  if (!form || form.hasAttribute("data-decide")) return;
  e.preventDefault();
  form.requestSubmit();
}

function twoKeys(form) {
  const sets = [...form.querySelectorAll("[data-arm]")];
  const arm = (set) => sets.forEach((s) => s.classList.toggle("armed", s === set));
  let sent = false;
  form.addEventListener("submit", (e) => {
    if (sent) e.preventDefault();
    sent = true;
  });
  for (const set of sets) {
    set.querySelector("[data-key]").addEventListener("click", () => arm(set));
  }
  onKey((key) => {
    const armed = sets.find((s) => s.classList.contains("armed"));
    if (!armed) return false;
    if (key === "Escape") {
      arm(null);
      return true;
    }
    const answer = armed.querySelector(`[data-second="${CSS.escape(key)}"]`);
    answer?.click();
    return Boolean(answer);
  });
}

function renew(form) {
  const version = form.querySelector('[name="version"]');
  const stale = document.querySelector("[data-stale]");
  const id = document.querySelector("[data-case]").dataset.case;
  let active = Date.now();
  for (const sign of ["pointermove", "keydown", "scroll"]) addEventListener(sign, () => (active = Date.now()), { passive: true });
  const timer = setInterval(async () => {
    if (document.hidden || Date.now() - active > renewEvery) return;
    const body = new URLSearchParams({ version: version.value });
    const answer = await fetch(`/cases/${encodeURIComponent(id)}/claim`, { method: "POST", body, headers: { "Assay-Fragment": "1" } }).catch(() => null);
    if (answer?.status === 204) {
      version.value = answer.headers.get("Assay-Version");
    } else if (answer?.status === 409) {
      stale.hidden = false;
      clearInterval(timer);
    }
  }, renewEvery);
}
