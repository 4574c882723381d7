// Keeps the page fresh without reloading it, and sends forms without leaving it. Without this script the forms
// still work, and reloading the page shows what is new.
"use strict";

const shown = new Map();

function put(html) {
  const page = new DOMParser().parseFromString(html, "text/html");
  for (const place of document.querySelectorAll("[data-live]")) {
    const fresh = page.getElementById(place.id);
    if (!fresh || shown.get(place.id) === fresh.innerHTML) continue;
    shown.set(place.id, fresh.innerHTML);
    const focus = place.contains(document.activeElement) && document.activeElement.textContent;
    place.innerHTML = fresh.innerHTML;
    if (place.id === "chat") place.scrollTop = place.scrollHeight;
    if (focus) [...place.querySelectorAll("button")].find((b) => b.textContent === focus)?.focus();
  }
}

async function refresh() {
  try {
    const reply = await fetch(location.pathname + location.search, { cache: "no-store" });
    if (reply.ok) put(await reply.text());
  } catch {
    // the program is not running; try again
  }
}

document.addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = event.target;
  const body = new URLSearchParams(new FormData(form));
  form.querySelector("#text")?.form.reset();
  try {
    await fetch(form.action, { method: "POST", body, redirect: "manual" });
  } catch {
    // the program is not running; the page stays as it is
  }
  await refresh();
});

setInterval(() => { if (!document.hidden) refresh(); }, 1000);
refresh();
