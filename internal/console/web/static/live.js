// Live refresh: a part of the page asks for its newest state while somebody
// looks at it. The row that is walked to and the focus stay where they are.

const usual = 8000;

export function startLive() {
  for (const part of document.querySelectorAll("[data-refresh]")) keepFresh(part);
}

function keepFresh(part) {
  const sign = document.querySelector("[data-live]");
  const every = Number(part.dataset.every) || usual;
  let last = part.innerHTML;
  let failures = 0;
  if (sign) sign.hidden = false;

  async function refresh() {
    if (document.hidden) return false;
    const answer = await fetch(part.dataset.refresh, { headers: { "Assay-Fragment": "1" } });
    if (answer.status === 401) location.reload();
    if (!answer.ok) throw new Error(String(answer.status));
    const html = await answer.text();
    if (html !== last) {
      last = html;
      replace(part, html);
    }
    return answer.headers.get("Assay-Done") === "yes";
  }

  async function tick() {
    let done = false;
    try {
      done = await refresh();
      failures = 0;
    } catch {
      failures++;
    }
    sign?.classList.toggle("off", failures > 0);
    if (!done) setTimeout(tick, every * Math.min(8, 1 + failures));
  }
  setTimeout(tick, every);
}

/** replace swaps the part for what our own server rendered. */
function replace(part, html) {
  const fresh = new DOMParser().parseFromString(html, "text/html").body;
  const at = part.querySelector("[data-row].at")?.dataset.id;
  const focused = part.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
  part.replaceChildren(...fresh.childNodes);
  // Parts elsewhere on the page come along in templates.
  for (const template of part.querySelectorAll("template[data-for]")) {
    const place = document.querySelector(`[data-part="${CSS.escape(template.dataset.for)}"]`);
    if (place && !place.contains(document.activeElement)) place.replaceChildren(template.content.cloneNode(true));
  }
  if (at) part.querySelector(`[data-row][data-id="${CSS.escape(at)}"]`)?.classList.add("at");
  if (focused) part.querySelector(`[href="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
}
