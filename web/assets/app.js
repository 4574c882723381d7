// Makes the pages smoother and quicker to leave; everything works without it. Nothing is stored.
"use strict";
(() => {
  const $ = (s, from = document) => from.querySelector(s);
  const root = document.documentElement;

  // Leaving hides everything at once, then replaces this page, so that "back" does not bring it up again.
  let left = false;
  const leave = () => {
    left = true;
    document.title = "…";
    document.body.hidden = true;
    location.replace($("#exit").href);
  };
  // A key pressed three times leaves, too. Shift only in quick succession: one press pauses the speech of some screen readers. Browsers
  // stop loading at Esc, so that pressing it once more starts leaving anew.
  const within = { Escape: 3000, Shift: 1500 };
  let key = "", alone = false, times = [];
  addEventListener("keydown", (e) => {
    if (left && e.key === "Escape") { e.preventDefault(); leave(); }
    if (e.key !== key) [key, times] = [e.key, []];
    alone = !e.repeat;
  }, true);
  addEventListener("keyup", (e) => {
    if (!within[e.key] || e.key !== key || !alone) return;
    times = [...times, e.timeStamp].slice(-3);
    if (times.length === 3 && times[2] - times[0] < within[key]) leave();
  }, true);

  // The chat: the same form and the same answer, shown in place and without an entry in the history.
  const hints = (on) => {
    on.querySelectorAll("[data-js]").forEach((n) => { n.hidden = false; });
    on.querySelectorAll("[data-plain]").forEach((n) => { n.hidden = true; });
  };
  const chat = "/chat", plain = () => chat + "?lang=" + root.lang, hidden = () => plain() + "&hidden=1";
  let busy = false, last = Date.now(), timer, speech;

  // Focus goes to the heading, which a screen reader reads; the first words below it follow as a status, and are said once.
  const announce = (main) => {
    ($("h1", main) ?? main).focus({ preventScroll: true });
    scrollTo(0, 0);
    const words = $(".screen p, .screen li", main)?.textContent ?? "";
    clearTimeout(speech);
    $("#said").textContent = "";
    speech = setTimeout(() => {
      $("#said").textContent = words;
      speech = setTimeout(() => { $("#said").textContent = ""; }, 9000);
    }, 200);
  };
  const show = (text) => {
    const next = new DOMParser().parseFromString(text, "text/html");
    const from = $("main", next), main = $("main");
    if (!from) throw new Error("no page");
    hints(next);
    for (const name of ["lang", "dir", "class"]) root.setAttribute(name, next.documentElement.getAttribute(name) ?? "");
    document.title = next.title;
    for (const part of [".skip", ".top", ".note", ".bottom"]) {
      if ($(part, next) && $(part)) $(part).replaceChildren(...$(part, next).childNodes);
    }
    main.replaceWith(from);
    // Loading the page anew must not undo hiding.
    const address = from.dataset.address ?? (location.search.includes("hidden") ? plain() : "");
    if (address) history.replaceState(null, "", address);
    announce(from);
  };
  const load = async (url, options, otherwise) => {
    if (busy || left) return;
    busy = true;
    $("main").setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(url, {
        ...options, cache: "no-store", credentials: "same-origin", referrerPolicy: "no-referrer", signal: AbortSignal.timeout(20000),
      });
      const text = await answer.text();
      if (!left) show(text);
    } catch {
      if (!left) otherwise(); // the browser tries, and says what is wrong
    } finally {
      busy = false;
      $("main").removeAttribute("aria-busy");
      last = Date.now();
      watch();
    }
  };
  document.addEventListener("submit", (e) => {
    const form = e.target, button = e.submitter;
    if (!form.closest("main.chat") || !button) return;
    e.preventDefault();
    load(chat, { method: "POST", body: new URLSearchParams(new FormData(form, button)) }, () => {
      const field = document.createElement("input");
      field.type = "hidden"; field.name = button.name; field.value = button.value;
      form.append(field);
      form.submit();
    });
  });
  // Links to the chat and away from it replace the page: "back" never leads into a conversation.
  document.addEventListener("click", (e) => {
    const link = e.target.closest("a[href]");
    if (!link || e.ctrlKey || e.metaKey || e.shiftKey) return;
    const here = location.pathname === chat, there = link.pathname === chat;
    if (link.id === "exit") leave();
    else if (link.origin !== location.origin || link.hash || !(here || there)) return;
    else if (here && there) load(link.href, {}, () => location.replace(link.href));
    else location.replace(link.href);
    e.preventDefault();
  });

  // A screen that should not stay open gives way to its idle screen. Asleep or in the background, a timer is late: look again on return.
  const watch = () => {
    clearTimeout(timer);
    const main = $("main[data-idle]");
    if (!main || left) return;
    const rest = last + main.dataset.after * 1000 - Date.now();
    if (rest > 0 || busy) { timer = setTimeout(watch, Math.max(rest, 1000)); return; }
    const body = new URLSearchParams({ d: main.dataset.idle, lang: $("input[name=lang]", main).value });
    main.hidden = true;
    load(chat, { method: "POST", body }, () => location.replace(hidden()));
  };
  for (const sign of ["keydown", "pointerdown", "wheel"]) addEventListener(sign, () => { last = Date.now(); }, { capture: true, passive: true });
  document.addEventListener("visibilitychange", watch);
  addEventListener("pageshow", (e) => {
    if (e.persisted && left) location.reload(); // the browser kept the page whole; it stays hidden meanwhile
    else watch();
  });
  hints(document);
})();
