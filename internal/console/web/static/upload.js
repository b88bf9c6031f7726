// Uploads: drop a file, see the pictures before they are sent, watch how far
// a large file has come.

export function startUploads() {
  for (const zone of document.querySelectorAll("[data-drop]")) dropZone(zone);
  for (const input of document.querySelectorAll("[data-preview]")) previews(input);
  for (const form of document.querySelectorAll("[data-upload]")) progress(form);
}

function dropZone(zone) {
  const input = zone.querySelector('input[type="file"]');
  for (const name of ["dragenter", "dragover"]) {
    zone.addEventListener(name, (e) => {
      e.preventDefault();
      zone.classList.add("over");
    });
  }
  for (const name of ["dragleave", "drop"]) zone.addEventListener(name, () => zone.classList.remove("over"));
  zone.addEventListener("drop", (e) => {
    e.preventDefault();
    if (e.dataTransfer.files.length) input.files = e.dataTransfer.files;
  });
}

function previews(input) {
  const box = input.parentElement.querySelector("input + .previews");
  input.addEventListener("change", () => {
    for (const img of box.querySelectorAll("img")) URL.revokeObjectURL(img.src);
    box.replaceChildren(...[...input.files].slice(0, 12).map((file) => {
      const img = document.createElement("img");
      img.className = "thumb";
      img.alt = file.name;
      img.src = URL.createObjectURL(file);
      return img;
    }));
  });
}

function progress(form) {
  const box = form.querySelector("[data-progress]");
  const bar = box.querySelector("progress");
  const says = box.querySelector('[role="status"]');
  form.addEventListener("submit", (e) => {
    e.preventDefault();
    const call = new XMLHttpRequest();
    call.open("POST", form.action);
    call.upload.addEventListener("progress", (p) => {
      if (!p.lengthComputable) return;
      bar.value = (p.loaded / p.total) * 100;
      says.textContent = new Intl.NumberFormat(document.documentElement.lang, { style: "percent" }).format(p.loaded / p.total);
    });
    call.addEventListener("load", () => {
      if (call.status === 200) {
        location.assign(call.responseURL);
        return;
      }
      // The server rendered the form again, with what is wrong beside the
      // fields: show that page as it is.
      const fresh = new DOMParser().parseFromString(call.responseText, "text/html");
      document.querySelector("main").replaceWith(fresh.querySelector("main"));
      startUploads();
      document.querySelector('[aria-invalid="true"], .wrong')?.scrollIntoView({ block: "center" });
    });
    call.addEventListener("error", () => form.submit());
    box.hidden = false;
    form.querySelector("button.primary").disabled = true;
    call.send(new FormData(form));
  });
}
