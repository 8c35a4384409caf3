"use strict";
(() => {
  const $ = (selector, within = document) => within.querySelector(selector);
  const all = (selector, within = document) => within.querySelectorAll(selector);

  // Charts: what a bar stands for, on hover and focus
  const tip = $("#tip");
  const showTip = (bar) => {
    $("span", tip).textContent = bar.dataset.tip;
    $("b", tip).textContent = bar.dataset.tipValue;
    tip.hidden = false;
    const box = $(".fill", bar).getBoundingClientRect();
    const left = box.left + box.width / 2 - tip.offsetWidth / 2;
    tip.style.left = `${Math.min(innerWidth - tip.offsetWidth - 8, Math.max(8, left))}px`;
    tip.style.top = `${box.top + scrollY - tip.offsetHeight - 8}px`;
  };
  for (const event of ["pointerover", "focusin", "pointerout", "focusout"]) {
    addEventListener(event, (e) => {
      const bar = tip && e.target.closest?.("[data-tip]");
      if (bar) event.endsWith("out") ? (tip.hidden = true) : showTip(bar);
    });
  }

  // Keys: every element with data-key has its own
  const isWriting = (element) => element.closest("input, select, textarea");
  addEventListener("keydown", (e) => {
    const left = e.key === "Escape" && !e.isComposing && isWriting(e.target)?.closest("details[open]:has(> summary[data-key])");
    if (left) { // back to where the keys work
      left.open = false;
      return $("summary", left).focus();
    }
    if (e.ctrlKey || e.metaKey || e.altKey || isWriting(e.target)) return;
    const open = $("dialog[open], [popover]:popover-open");
    const target = [...all(`[data-key="${CSS.escape(e.key)}"]`, open ?? document)].find((each) => each.checkVisibility());
    if (!target) return;
    e.preventDefault();
    if (target.matches("input, select, textarea")) return target.focus();
    const part = target.matches("summary") && target.parentElement;
    if (!part) return target.click();
    part.open = true;
    $("input:not([type=hidden]), select, textarea", part)?.focus();
  });

  // Dialogs are popovers without the script, modal with it
  addEventListener("click", (e) => {
    const dialog = e.target.closest("[popovertarget]")?.popoverTargetElement;
    if (!dialog?.matches("dialog")) return;
    e.preventDefault();
    dialog.open ? dialog.close() : dialog.showModal();
  });

  // A form is sent without leaving its page: nothing is lost until it is taken
  const body = document.body;
  const lead = (to, how) => { // Back leads past a form that was taken
    const url = new URL(to, location);
    location[how](url);
    if (url.hash && url.href.split("#")[0] === location.href.split("#")[0]) location.reload();
  };
  const arrive = () => {
    ($(".review [aria-invalid]") ?? $(".alert[role=alert]"))?.focus(); // among single keys, the field
    const here = $(".tabs [aria-current]"); // narrow tabs begin before it
    if (here) here.parentElement.scrollLeft = here.offsetLeft - (innerWidth - here.offsetWidth) / 2;
    if (!window.PublicKeyCredential) return;
    for (const each of all("[data-passkey-form], [data-passkey-missing]")) each.hidden = "passkeyMissing" in each.dataset;
  };
  const show = (page, form, said) => {
    const old = $("#main"), made = document.adoptNode($("#main", page));
    // what was not sent as it stands here stays
    const kept = [...all("input:not([type=hidden]), select, textarea", old)].filter((control) => {
      const isSaid = control.checked || !/checkbox|radio/.test(control.type);
      return control.form !== form || said.getAll(control.name).includes(control.value) !== isSaid;
    });
    old.replaceWith(made);
    document.title = page.title;
    for (const control of kept) {
      const twin = $(`[id="${control.id}"]`, made);
      if (!twin) continue;
      control.ariaInvalid = twin.ariaInvalid;
      control.setAttribute("aria-describedby", twin.getAttribute("aria-describedby") ?? "");
      twin.replaceWith(control); // half a day cannot be copied
      if (control.files) tellFiles(control, true);
    }
    for (const part of all("details:has(.wrong)", made)) part.open = true;
    for (const each of all("form:not([action])", made)) each.dataset.at = form.dataset.at ?? form.action;
    htmx.process(made);
    ($("[autofocus]", made) ?? made).focus();
    arrive();
  };
  const ask = (form, button, refusal) => { // over the form, which stays as it is
    const dialog = $("#unsent").content.cloneNode(true).firstElementChild;
    if (refusal) {
      $("h2", dialog).textContent = $("h1", refusal).textContent;
      $("p", dialog).textContent = refusal.dataset.said;
      $("a", dialog).hidden = !/401|409/.test(refusal.dataset.refusal);
    }
    dialog.onclose = () => dialog.remove();
    $("[data-close]", dialog).onclick = () => dialog.close();
    $("[data-again]", dialog).onclick = () => {
      dialog.close();
      send(form, button);
    };
    body.append(dialog);
    dialog.showModal();
  };
  let leftAt = 0; // a followed link wins
  addEventListener("beforeunload", () => { leftAt = Date.now(); });
  const send = async (form, button) => {
    if (form.ariaBusy) return;
    const said = new FormData(form, button), token = document.cookie.match(/prs_csrf=([^;]+)/);
    for (const { name } of [...all("input", form)].filter(({ validity }) => validity.badInput)) {
      said.delete(name); // half a day is no day, nor none
      said.append("unclear", name);
    }
    if (token) said.set("csrfmiddlewaretoken", token[1]); // another tab may have signed in
    const busy = [form, button].filter(Boolean);
    for (const each of busy) each.ariaBusy = "true";
    const begun = Date.now(), stays = () => leftAt > begun && new Promise((goOn) => { setTimeout(goOn, 4000); });
    let to;
    try {
      const answer = await fetch(form.dataset.at ?? form.action, {
        method: "POST",
        headers: { "Form-Person": body.dataset.person },
        body: said,
      });
      await stays();
      to = answer.headers.get("Form-Leads-To") ?? (answer.redirected && answer.url);
      if (to) return lead(to, form.hasAttribute("action") ? "assign" : "replace");
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const refusal = $("[data-refusal]", page);
      refusal ? ask(form, button, refusal) : show(page, form, said);
    } catch {
      await stays();
      ask(form, button);
    } finally {
      isSent = to;
      // a file leaves the page where it is
      setTimeout(() => { for (const each of busy) each.ariaBusy = null; }, to ? 5000 : 0);
    }
  };

  // Forms
  addEventListener("submit", (e) => {
    const theme = e.target.matches("[data-theme-form]") && e.submitter?.value;
    if (theme) {
      e.preventDefault();
      document.documentElement.dataset.theme = theme;
      document.cookie = `theme=${theme};path=/;max-age=31536000;samesite=lax`;
      for (const button of all("button", e.target)) button.ariaPressed = String(button === e.submitter);
    } else if (!e.defaultPrevented && e.target.matches("[method=post]")) {
      const form = e.target, button = e.submitter;
      const isKept = body.dataset.person && form.matches("#main form:not([data-passkey-form])");
      const tooLarge = [...all("input", form)].find(({ validity }) => validity.customError);
      if (tooLarge || isKept) e.preventDefault();
      if (tooLarge) tooLarge.focus();
      else if (isKept) send(form, button);
      else if (button) setTimeout(() => { button.ariaBusy = "true"; });
    }
  });
  let isSent = false; // a sent form ends the review; a page that is left gives it back
  addEventListener("submit", () => { isSent = true; });
  addEventListener("pagehide", () => {
    for (const form of isSent ? [] : all("form[data-leave]")) {
      const said = new FormData(form);
      said.append("quiet", "1");
      navigator.sendBeacon(form.action, said);
    }
  });
  addEventListener("pageshow", () => { for (const busy of all("[aria-busy=true]")) busy.ariaBusy = null; });
  const tellFiles = (target, isKept) => {
    const files = [...target.files], bytes = files.reduce((sum, { size }) => sum + size, 0);
    const said = bytes > target.dataset.most ? target.dataset.tooLarge : "", field = target.closest(".field");
    target.setCustomValidity(said);
    if (!isKept) $("[data-said]", field).textContent = said;
    $("[data-names]", field)?.replaceChildren(files.map(({ name }) => name).join("\n"));
  };
  addEventListener("input", ({ target }) => {
    if (target.form) target.form.dataset.typed = "";
    if (target.files) tellFiles(target);
    const field = target.closest(".wrong");
    if (!field || !target.validity.valid) return;
    field.classList.remove("wrong");
    $(".error", field)?.replaceChildren();
    for (const each of all("[aria-invalid]", field)) each.ariaInvalid = null;
  });
  arrive();
  document.getElementById(location.hash.slice(1))?.focus(); // a reload does not
  for (const event of ["dragenter", "dragleave", "drop"]) {
    addEventListener(event, (e) => e.target.closest?.(".drop")?.classList.toggle("over", event === "dragenter"));
  }

  // Passkeys: the question stands in the button or is fetched
  const asBytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));
  const asText = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const askPasskey = async (button, form) => {
    const { passkey, question, begin } = button.dataset;
    const { ceremony, options } = question ? JSON.parse(question) : (await (await fetch(begin, { method: "POST" })).json()).data;
    const asked = options.publicKey;
    asked.challenge = asBytes(asked.challenge);
    if (asked.user) asked.user.id = asBytes(asked.user.id);
    for (const each of asked.excludeCredentials ?? []) each.id = asBytes(each.id);
    const { id, rawId, type, response } = await navigator.credentials[passkey]({ publicKey: asked });
    const parts = {};
    for (const name in response) if (response[name]?.byteLength) parts[name] = asText(response[name]);
    const answer = { id, rawId: asText(rawId), type, clientExtensionResults: {}, response: parts };
    $("[data-ceremony]", form).value = ceremony;
    $("[data-credential]", form).value = JSON.stringify(answer);
    form.requestSubmit();
  };
  addEventListener("click", (e) => {
    const button = e.target.closest("[data-passkey]"), form = button?.form;
    if (!button || !form.reportValidity()) return;
    const note = $("[data-passkey-note]", form);
    note.textContent = "";
    button.ariaBusy = "true";
    askPasskey(button, form).catch((error) => {
      note.textContent = button.dataset[error.name === "InvalidStateError" ? "known" : "failed"];
      button.ariaBusy = null;
    });
  });

  // Live: the bell, toasts, and the parts of the page that name topics
  const state = $("#live-state");
  if (!state || !("head" in body.dataset)) return;
  let last = Number(body.dataset.head), tries = 0, greeted, socket, timer, silence, due = new Set(), fetching, isFetching;

  const toast = (frame) => {
    const made = $("#toast").content.cloneNode(true).firstElementChild;
    const title = $(".toast-title", made);
    title.textContent = frame.title;
    title.href = `/notifications/${frame.seq}/`;
    $(".toast-meta", made).textContent = frame.body;
    $("button", made).onclick = () => made.remove();
    $("#toasts").append(made);
    $("#toasts > :nth-last-child(n + 4)")?.remove();
    setTimeout(() => { if (!made.matches(":hover, :focus-within")) made.remove(); }, 8000);
  };
  const isBusy = (part) => part.contains(document.activeElement?.closest("form"))
    || $("dialog[open], form[method=post]:is([data-typed], :has([role=alert].alert))", part);
  addEventListener("htmx:oobBeforeSwap", (e) => { e.detail.shouldSwap &&= !isBusy(e.detail.target); });
  const fetchParts = () => {
    fetching = null;
    if (isFetching) return; // its parts stand in one attribute
    const topics = due;
    due = new Set();
    const isDue = (part) => topics.has("*") || part.dataset.live.split(" ").some((topic) => topics.has(topic));
    const ids = [...all("[id][data-live]")].filter(isDue).map((part) => `#${part.id}`);
    if (!ids.length || $("[data-once]")) return;
    const live = $("#live");
    live.setAttribute("hx-select-oob", ids.join(","));
    isFetching = true;
    const goOn = () => { isFetching = false; if (due.size) changed([]); };
    htmx.ajax("GET", location.href, { source: live, target: live, swap: "none" }).then(goOn, goOn);
  };
  const changed = (topics) => {
    for (const topic of topics) due.add(topic);
    fetching ??= setTimeout(fetchParts, 300);
  };
  const receive = (frame) => {
    if (frame.type === "hello") {
      if (frame.person !== body.dataset.person) return lose(4401);
      socket.send(JSON.stringify({ type: "resume", after: Math.min(last, frame.head) }));
      if (tries) changed(["*"]);
      tries = 0;
      greeted = true;
      state.textContent = "";
      body.dataset.live = "on";
    } else if (frame.type === "notification" && frame.seq > last) {
      last = frame.seq;
      const said = document.documentElement.lang === "en" ? Promise.resolve() : fetch(`/notifications/${frame.seq}/text/`).then((answer) => answer.json());
      said.catch(() => {}).then((text) => toast({ ...frame, ...text }));
      changed(["notifications"]);
    } else if (frame.type === "changed") {
      changed(frame.topics);
    } else if (frame.type === "heartbeat") {
      socket.send('{"type":"pong"}');
    }
  };
  const lose = (code) => {
    const gone = socket;
    socket = null;
    clearTimeout(silence);
    gone.close();
    body.dataset.live = "off";
    tries += 1;
    // a live page asks once more: another device may be meant
    if (code === 4401 || (code === 4403 && !greeted)) {
      state.textContent = code === 4401 ? body.dataset.ended : "";
      return; // until somebody comes back
    }
    if (tries > 1 || !document.hidden) state.textContent = body.dataset.lost;
    timer = setTimeout(connect, Math.min(30000, 500 * 2 ** tries) * (0.5 + Math.random() / 2));
  };
  const listen = () => { // a network that is gone closes nothing: two missing heartbeats do
    clearTimeout(silence);
    silence = setTimeout(lose, 45000);
  };
  const connect = () => {
    clearTimeout(timer);
    greeted = false;
    const mine = socket = new WebSocket(`${location.origin.replace("http", "ws")}/ws/notifications/`);
    listen();
    mine.onmessage = (e) => {
      if (mine !== socket) return;
      listen();
      receive(JSON.parse(e.data));
    };
    mine.onclose = (e) => { if (mine === socket) lose(e.code); };
  };
  addEventListener("offline", () => { if (socket) lose(); });
  for (const event of ["online", "focus", "visibilitychange"]) addEventListener(event, () => { if (!socket && !document.hidden) connect(); });
  addEventListener("pagehide", () => { clearTimeout(timer); clearTimeout(silence); });
  connect();
})();
