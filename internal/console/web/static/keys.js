// The keyboard: every link and button that carries data-key answers to it
// ("n", or "g q" and "v 1" for two in a row), j and k walk the rows, f labels whatever
// else can be clicked. Single keys can be switched off, as WCAG 2.1.4 asks.

const off = "assay-keys-off";
const handlers = [];

/** onKey lets a page take a key before anybody else; it returns true when it did. */
export function onKey(handler) {
  handlers.push(handler);
}

const typing = (el) => el instanceof HTMLElement && (el.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(el.tagName)) && !/^(checkbox|radio|button|submit)$/.test(el.type);
const visible = (el) => el.getClientRects().length > 0;
const byKey = (key) => [...document.querySelectorAll("[data-key]")].filter((el) => el.dataset.key === key && visible(el))[0];

// begins reports whether a key is the first of two: "g" of "g q", "v" of "v 1".
const begins = (key) => [...document.querySelectorAll("[data-key]")].some((el) => el.dataset.key.startsWith(`${key} `) && visible(el));

function act(el) {
  if (typing(el)) el.focus();
  else el.click();
}

let pending = "";
let pendingTimer = 0;

function press(e) {
  const sheet = document.getElementById("keys");
  if (e.defaultPrevented || e.ctrlKey || e.metaKey || e.altKey || e.isComposing) return;
  if (hinting.active) return hinting.press(e);
  if (typing(e.target)) {
    if (e.key === "Escape") e.target.blur();
    return;
  }
  if (sheet.open || localStorage.getItem(off)) return;
  const key = pending ? `${pending} ${e.key}` : e.key;
  pending = "";
  clearTimeout(pendingTimer);
  if (handlers.some((h) => h(e.key, e)) || standard(key)) {
    e.preventDefault();
    return;
  }
  const el = byKey(key);
  if (el) {
    e.preventDefault();
    act(el);
  } else if (begins(e.key)) {
    pending = e.key;
    pendingTimer = setTimeout(() => (pending = ""), 1500);
  }
}

function standard(key) {
  switch (key) {
    case "?":
      openSheet();
      return true;
    case "f":
      hinting.start();
      return true;
    case "/": {
      const search = document.querySelector("[data-search]");
      search?.focus();
      search?.select();
      return Boolean(search);
    }
    case "j":
      return walk(1);
    case "k":
      return walk(-1);
    case "Enter":
      return openRow();
  }
  return false;
}

const rows = () => [...document.querySelectorAll("[data-row]")].filter(visible);

function walk(step) {
  const all = rows();
  if (!all.length) return false;
  const at = all.findIndex((r) => r.classList.contains("at"));
  const to = at < 0 ? (step > 0 ? 0 : all.length - 1) : Math.min(all.length - 1, Math.max(0, at + step));
  all[at]?.classList.remove("at");
  all[to].classList.add("at");
  all[to].scrollIntoView({ block: "nearest" });
  all[to].querySelector("a")?.focus({ preventScroll: true });
  return true;
}

function openRow() {
  if (document.activeElement && document.activeElement !== document.body && !document.activeElement.closest("[data-row]") && document.activeElement.id !== "main") return false;
  const link = document.querySelector("[data-row].at a");
  link?.click();
  return Boolean(link);
}

/** openSheet lists the keys of this page, read off the page itself. */
function openSheet() {
  const list = document.getElementById("keys-here");
  list.replaceChildren();
  const seen = new Set(["?"]);
  for (const el of document.querySelectorAll("[data-key]")) {
    if (!visible(el) || seen.has(el.dataset.key)) continue;
    seen.add(el.dataset.key);
    const line = document.createElement("div");
    const what = document.createElement("dt");
    const keys = document.createElement("dd");
    what.textContent = labelOf(el);
    for (const k of el.dataset.key.split(" ")) {
      const cap = document.createElement("kbd");
      cap.textContent = k;
      keys.append(cap, " ");
    }
    line.append(what, keys);
    list.append(line);
  }
  document.getElementById("keys").showModal();
}

function labelOf(el) {
  if (el.getAttribute("aria-label")) return el.getAttribute("aria-label");
  if (el.labels?.length) return el.labels[0].textContent;
  const copy = el.cloneNode(true);
  for (const cap of copy.querySelectorAll("kbd")) cap.remove();
  return copy.textContent.trim();
}

// Hints: a short label on everything that can be clicked; typing it clicks.
const letters = "asdghjklqwertyuiopzxcvbnm";
const hinting = {
  active: false,
  typed: "",
  targets: new Map(),
  start() {
    const all = [...document.querySelectorAll("a[href], button, summary, input, select, textarea, [tabindex='0']")].filter((el) => {
      const r = el.getBoundingClientRect();
      return visible(el) && !el.disabled && r.bottom > 0 && r.top < innerHeight && r.width > 0;
    });
    const two = all.length > letters.length;
    all.slice(0, letters.length * letters.length).forEach((el, i) => {
      const code = two ? letters[Math.floor(i / letters.length)] + letters[i % letters.length] : letters[i];
      const tag = document.createElement("span");
      const r = el.getBoundingClientRect();
      tag.className = "hint-key";
      tag.textContent = code;
      tag.setAttribute("aria-hidden", "true");
      tag.style.left = `${Math.max(0, r.left + scrollX)}px`;
      tag.style.top = `${Math.max(0, r.top + scrollY)}px`;
      document.body.append(tag);
      this.targets.set(code, { el, tag });
    });
    this.active = this.targets.size > 0;
    this.typed = "";
  },
  stop() {
    for (const { tag } of this.targets.values()) tag.remove();
    this.targets.clear();
    this.active = false;
  },
  press(e) {
    if (/^(Shift|Control|Alt|Meta)$/.test(e.key)) return;
    e.preventDefault();
    this.typed += e.key;
    const hit = this.targets.get(this.typed);
    if (hit) {
      this.stop();
      hit.el.focus();
      act(hit.el);
    } else if (![...this.targets.keys()].some((k) => k.startsWith(this.typed))) {
      this.stop();
    }
  },
};

export function startKeys() {
  document.addEventListener("keydown", press);
  for (const b of document.querySelectorAll("[data-open-keys]")) b.addEventListener("click", openSheet);
  const on = document.getElementById("keys-on");
  on.checked = !localStorage.getItem(off);
  on.addEventListener("change", () => (on.checked ? localStorage.removeItem(off) : localStorage.setItem(off, "1")));
  addEventListener("scroll", () => hinting.stop(), { passive: true });
}
