// Two pictures side by side that zoom and move together, and can be laid one
// over the other, aligned by the outlines of what matched.

const points = (s) => (s ? s.trim().split(/\s+/).map((p) => p.split(",").map((v) => Number(v) / 1000)) : []);
const square = [[0, 0], [1, 0], [1, 1], [0, 1]];
const whole = (q) => q.length === 4 && q.every((p, i) => p[0] === square[i][0] && p[1] === square[i][1]);

/**
 * homography maps four points onto four others: the eight unknowns of a
 * projective transform, by elimination.
 */
export function homography(from, to) {
  const m = [];
  for (let i = 0; i < 4; i++) {
    const [x, y] = from[i];
    const [u, v] = to[i];
    m.push([x, y, 1, 0, 0, 0, -u * x, -u * y, u], [0, 0, 0, x, y, 1, -v * x, -v * y, v]);
  }
  for (let c = 0; c < 8; c++) {
    let best = c;
    for (let r = c + 1; r < 8; r++) if (Math.abs(m[r][c]) > Math.abs(m[best][c])) best = r;
    [m[c], m[best]] = [m[best], m[c]];
    if (Math.abs(m[c][c]) < 1e-9) return null;
    for (let r = 0; r < 8; r++) {
      if (r === c) continue;
      const f = m[r][c] / m[c][c];
      for (let k = c; k < 9; k++) m[r][k] -= f * m[c][k];
    }
  }
  return [...m.map((row, i) => row[8] / row[i]), 1];
}

/**
 * corners says where the corners of the protected outline lie in the
 * listing's picture. When both are whole pictures their order says nothing,
 * so mirroring and rotation are applied: the listing's picture, mirrored and
 * then turned clockwise by the rotation, lies like the protected one.
 */
export function corners(outline, assetOutline, mirrored, rotation) {
  const to = outline.length === 4 ? outline : square;
  const from = assetOutline.length === 4 ? assetOutline : square;
  if (!whole(to) || !whole(from)) return [from, to];
  const turns = ((Math.round(rotation / 90) % 4) + 4) % 4;
  return [from, from.map(([x, y]) => {
    for (let i = 0; i < turns; i++) [x, y] = [y, 1 - x];
    return [mirrored ? 1 - x : x, y];
  })];
}

class Match {
  constructor(el) {
    this.el = el;
    this.panes = [...el.querySelectorAll("[data-pane]")];
    this.view = { zoom: 1, x: 0.5, y: 0.5 };
    this.outline = points(el.dataset.outline);
    this.assetOutline = points(el.dataset.assetOutline);
    this.part = points(el.dataset.part); // what agrees, when not all does
    this.assetPart = points(el.dataset.assetPart);
    for (const pane of this.panes) this.listen(pane);
  }

  /** show moves both pictures: the same place in the middle, or each its own match. */
  show() {
    for (const pane of this.panes) {
      const plane = pane.querySelector(".plane");
      const fit = pane.querySelector(".fit");
      let { x, y, zoom } = this.view;
      if (this.focused) {
        const mine = pane.dataset.pane === "listing";
        const part = mine ? this.part : this.assetPart;
        const q = part.length ? part : mine ? this.outline : this.assetOutline;
        const box = bounds(q.length ? q : square);
        zoom *= Math.min(6, 0.9 / Math.max(0.1, box.w, box.h));
        x = box.x + box.w * x;
        y = box.y + box.h * y;
      }
      const left = fit.offsetLeft + fit.offsetWidth * x;
      const top = fit.offsetTop + fit.offsetHeight * y;
      plane.style.transform = zoom === 1 && !this.focused ? "" : `translate(${pane.clientWidth / 2}px, ${pane.clientHeight / 2}px) scale(${zoom}) translate(${-left}px, ${-top}px)`;
    }
  }

  zoom(factor) {
    this.view.zoom = Math.min(12, Math.max(1, this.view.zoom * factor));
    if (this.view.zoom === 1) this.view.x = this.view.y = 0.5;
    this.show();
  }

  listen(pane) {
    pane.addEventListener("wheel", (e) => {
      if (!e.ctrlKey && this.view.zoom === 1 && e.deltaY > 0) return;
      e.preventDefault();
      this.zoom(e.deltaY < 0 ? 1.2 : 1 / 1.2);
    }, { passive: false });
    let from = null;
    pane.addEventListener("pointerdown", (e) => {
      from = [e.clientX, e.clientY];
      pane.setPointerCapture(e.pointerId);
    });
    pane.addEventListener("pointermove", (e) => {
      if (!from || this.view.zoom === 1) return;
      const fit = pane.querySelector(".fit");
      this.view.x = Math.min(1, Math.max(0, this.view.x - (e.clientX - from[0]) / (fit.offsetWidth * this.view.zoom)));
      this.view.y = Math.min(1, Math.max(0, this.view.y - (e.clientY - from[1]) / (fit.offsetHeight * this.view.zoom)));
      from = [e.clientX, e.clientY];
      this.show();
    });
    for (const end of ["pointerup", "pointercancel"]) pane.addEventListener(end, () => (from = null));
  }

  /** ghost lays the protected picture over the listing's, where it matched. */
  ghost(on) {
    const fit = this.el.querySelector('[data-pane="listing"] .fit');
    fit.querySelector(".ghost")?.remove();
    if (!on) return;
    const w = fit.offsetWidth;
    const h = fit.offsetHeight;
    const [from, to] = corners(this.outline, this.assetOutline, this.el.dataset.mirrored === "true", Number(this.el.dataset.rotation));
    const m = homography(from.map(([x, y]) => [x * w, y * h]), to.map(([x, y]) => [x * w, y * h]));
    if (!m) return;
    const img = document.createElement("img");
    img.className = "ghost";
    img.alt = "";
    img.src = this.el.querySelector('[data-pane="asset"] img').src;
    img.style.width = `${w}px`;
    img.style.height = `${h}px`;
    const [a, b, c, d, e, f, g, i] = m;
    img.style.transform = `matrix3d(${a},${d},0,${g},${b},${e},0,${i},0,0,1,0,${c},${f},0,1)`;
    fit.insertBefore(img, fit.querySelector("svg"));
  }
}

function bounds(q) {
  const xs = q.map((p) => p[0]);
  const ys = q.map((p) => p[1]);
  const x = Math.min(...xs);
  const y = Math.min(...ys);
  return { x, y, w: Math.max(...xs) - x, h: Math.max(...ys) - y };
}

export function startViewer() {
  for (const viewer of document.querySelectorAll("[data-viewer]")) {
    const matches = [...viewer.querySelectorAll("[data-match]")].map((el) => new Match(el));
    const tools = viewer.querySelector("[data-tools]");
    const button = (name) => tools.querySelector(`[data-do="${name}"]`);
    const pressed = (name, on) => button(name).setAttribute("aria-pressed", String(on));
    let now = matches[0];
    tools.hidden = false;

    const actions = {
      flip: () => {
        const on = button("flip").getAttribute("aria-pressed") !== "true";
        now.ghost(on);
        pressed("flip", on);
      },
      focus: () => {
        now.focused = !now.focused;
        now.view = { zoom: 1, x: 0.5, y: 0.5 };
        pressed("focus", now.focused);
        now.show();
      },
      in: () => now.zoom(1.4),
      out: () => now.zoom(1 / 1.4),
      reset: () => {
        now.focused = false;
        now.view = { zoom: 1, x: 0.5, y: 0.5 };
        pressed("focus", false);
        now.show();
      },
      outline: () => {
        const on = button("outline").getAttribute("aria-pressed") !== "true";
        for (const svg of viewer.querySelectorAll("svg.outline")) svg.style.display = on ? "" : "none";
        pressed("outline", on);
      },
    };
    tools.addEventListener("click", (e) => actions[e.target.closest("[data-do]")?.dataset.do]?.());

    const buttons = [...viewer.querySelectorAll("[data-show]")];
    for (const b of buttons) {
      b.addEventListener("click", () => {
        now.ghost(false);
        now = matches[Number(b.dataset.show)];
        for (const m of matches) m.el.hidden = m !== now;
        for (const other of buttons) other.setAttribute("aria-pressed", String(other === b));
        pressed("flip", false);
        pressed("focus", Boolean(now.focused));
        now.show();
      });
    }
    addEventListener("resize", () => now.show());
  }
}
