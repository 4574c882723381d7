// Makes the pages smoother; everything works without it.
"use strict";
(() => {
  const $ = (s, from = document) => from.querySelector(s);

  // Leaving replaces this page, so that "back" does not bring it up again.
  const leave = () => {
    const to = $("#exit").href;
    document.title = "";
    document.body.hidden = true;
    location.replace(to);
  };
  document.addEventListener("click", (e) => {
    if (e.target.closest("#exit") && !e.ctrlKey && !e.metaKey && !e.shiftKey) {
      e.preventDefault();
      leave();
    }
  });
  let presses = [];
  document.addEventListener("keydown", (e) => {
    if (e.key !== "Escape") return;
    presses = [...presses, e.timeStamp].slice(-3);
    if (presses.length === 3 && presses[2] - presses[0] < 3000) leave();
  });
  // A page that the browser kept whole is hidden by leave(); coming back by "back" reloads it.
  addEventListener("pageshow", (e) => { if (e.persisted && document.body.hidden) location.reload(); });
  const hints = (on) => on.querySelectorAll("[data-js]").forEach((n) => { n.hidden = false; });
  hints(document);

  // The chat: the same form and the same answer, shown in place and without an entry in the history.
  let busy = false;
  const show = (text) => {
    const next = new DOMParser().parseFromString(text, "text/html");
    if (!$("main", next)) throw new Error("no page");
    hints(next);
    for (const name of ["lang", "dir", "class"]) document.documentElement.setAttribute(name, next.documentElement.getAttribute(name) ?? "");
    document.title = next.title;
    for (const part of [".skip", ".top", ".note", ".bottom"]) {
      const from = $(part, next), to = $(part);
      if (from && to) to.replaceChildren(...from.childNodes);
    }
    const main = $("main");
    main.className = $("main", next).className;
    main.replaceChildren(...$("main", next).childNodes);
    main.focus({ preventScroll: true });
    scrollTo(0, 0);
  };
  const load = async (url, options, otherwise) => {
    if (busy) return;
    busy = true;
    $("main").setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(url, { ...options, cache: "no-store", credentials: "same-origin", referrerPolicy: "no-referrer" });
      show(await answer.text());
    } catch {
      otherwise(); // the browser tries, and says what is wrong
    } finally {
      busy = false;
      $("main").removeAttribute("aria-busy");
    }
  };
  document.addEventListener("submit", (e) => {
    const form = e.target, button = e.submitter;
    if (!form.closest("main.chat") || !button) return;
    e.preventDefault();
    const body = new URLSearchParams(new FormData(form, button));
    load(form.action, { method: "POST", body }, () => {
      const field = document.createElement("input");
      field.type = "hidden"; field.name = button.name; field.value = button.value;
      form.append(field);
      form.submit();
    });
  });
  document.addEventListener("click", (e) => {
    const link = e.target.closest("main.chat .restart a");
    if (!link || e.ctrlKey || e.metaKey || e.shiftKey) return;
    e.preventDefault();
    load(link.href, {}, () => location.assign(link.href));
  });
})();
