// Goods that are decided together: each tick is kept on the server at once, so
// that nothing is lost when the page goes away.
import { onKey } from "./keys.js";

export function startSimilar() {
  const form = document.querySelector("[data-choose]");
  if (!form) return;
  form.querySelector("[data-page-choice]")?.remove(); // every tick is kept already
  let last = Promise.resolve();
  for (const box of form.querySelectorAll("input.pick")) {
    box.addEventListener("change", () => {
      box.closest("[data-row]").classList.toggle("in", box.checked);
      last = last.then(() => keep(form, box));
    });
  }
  onKey((key) => {
    const box = document.querySelector("[data-row].at input.pick");
    if (key !== "x" || !box) return false;
    box.click();
    return true;
  });
}

async function keep(form, box) {
  const body = new URLSearchParams({ shown: box.value });
  if (box.checked) body.set("in", box.value);
  try {
    const answer = await fetch(form.getAttribute("action"), { method: "POST", body, headers: { "Assay-Fragment": "sums" } });
    if (!answer.ok) throw new Error(String(answer.status));
    document.querySelector("[data-sums]").innerHTML = await answer.text();
    form.elements.version.value = answer.headers.get("Assay-Version");
  } catch {
    location.reload(); // what is kept is what counts
  }
}
