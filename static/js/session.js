/* The end of a session: told two minutes before, put off by one key, nothing typed is lost.
 * Only pages of somebody signed in carry it (components/session.html). What is typed waits in
 * this tab alone, never passwords, codes or files, and goes with signing out. */
"use strict";

(() => {
    const KEPT = "perron.typed";
    const WARN_SECONDS = 120;
    const OLDEST_MS = 12 * 3600 * 1000;
    const NEVER = new Set(["hidden", "password", "file", "submit", "button", "reset"]);
    const dialog = document.querySelector("dialog[data-session]");
    if (!dialog?.showModal) return;
    const { person, started } = dialog.dataset;
    const here = window.location.pathname + window.location.search;
    const store = window.sessionStorage;

    /* What is typed: every form of the page that differs from what the server sent. */
    const controlsOf = (form) => [...form.elements].filter((one) => one.name && !NEVER.has(one.type) && one.autocomplete !== "one-time-code");
    const isTick = (one) => one.type === "checkbox" || one.type === "radio";
    const state = (one) => {
        if (isTick(one)) return one.checked;
        return one.multiple ? [...one.selectedOptions].map((option) => option.value) : one.value;
    };
    const isChanged = (one) => {
        if (isTick(one)) return one.checked !== one.defaultChecked;
        if (one.options) return [...one.options].some((option) => option.selected !== option.defaultSelected);
        return one.value !== one.defaultValue;
    };
    const forms = () => [...document.querySelectorAll("main form[method=post]")];
    const isWrong = () => document.querySelector("[data-error-summary]") !== null;
    const keepTyped = (sent) => {
        const typed = forms()
            .map((form, at) => ({ at, controls: controlsOf(form) }))
            .filter(({ controls }) => controls.length && (isWrong() || controls.some(isChanged)))
            .map(({ at, controls }) => ({ at, values: controls.map((one) => [one.name, state(one)]) }));
        if (!typed.length) return;
        store.setItem(KEPT, JSON.stringify({ person, started, sent, path: here, at: Date.now(), typed }));
    };
    const put = (one, value) => {
        if (isTick(one)) one.checked = value;
        else if (one.multiple) for (const option of one.options) option.selected = value.includes(option.value);
        else one.value = value;
    };
    const restore = ({ typed }) => {
        const all = forms();
        for (const { at, values } of typed) {
            const controls = all[at] ? controlsOf(all[at]) : [];
            for (const [name, value] of values) {
                const next = controls.findIndex((one) => one.name === name);
                if (next >= 0) put(controls.splice(next, 1)[0], value);
            }
        }
        const words = Perron.make("p", { className: "notice-title" }, dialog.dataset.restored);
        const notice = Perron.make("div", { className: "notice notice-info", role: "status" }, Perron.icon("info"), Perron.make("div", {}, words));
        document.querySelector("main h1")?.after(notice);
    };
    const kept = JSON.parse(store.getItem(KEPT) ?? "null");
    if (kept) {
        const answered = kept.sent && kept.started === started;
        const foreign = kept.person !== person || Date.now() - kept.at > OLDEST_MS;
        if (answered || foreign || kept.path === here) store.removeItem(KEPT);
        if (!answered && !foreign && kept.path === here) restore(kept);
    }

    /* The dialog, alike in all tabs. */
    const channel = "BroadcastChannel" in window ? new BroadcastChannel("perron.session") : null;
    const count = dialog.querySelector("[data-count]");
    const live = dialog.querySelector("[aria-live]");
    let end = Date.now() + Number(dialog.dataset.left) * 1000;
    let quiet = false;
    let busy = false;
    let told = Infinity;
    const shut = () => { quiet = true; dialog.close(); };
    const moveEnd = (to) => {
        end = Math.max(end, to);
        if (dialog.open && end - Date.now() > WARN_SECONDS * 1000) shut();
    };
    const tell = (left) => {
        if (!(left > 0)) return;
        moveEnd(Date.now() + left * 1000);
        channel?.postMessage({ person, end });
    };
    const leave = (ended) => {
        window.clearInterval(timer);
        const query = new URLSearchParams({ next: here, ...(ended ? { ended: "1" } : {}) });
        window.location.replace(`${dialog.dataset.signIn}?${query}`);
    };
    const keep = async () => {
        busy = true;
        try {
            const token = dialog.querySelector("[name=csrfmiddlewaretoken]").value;
            const answer = await fetch(dialog.dataset.keep, { method: "POST", redirect: "manual", headers: { "X-CSRFToken": token } });
            if (answer.ok) tell(Number(answer.headers.get("X-Session-Left")));
            else if (answer.type === "opaqueredirect") end = 0;
        } catch { /* No network: the count goes on, and the dialog comes back. */ }
        busy = false;
    };
    const words = (left) => {
        const minutes = Math.floor(left / 60);
        return `${minutes ? `${minutes}\u00a0min ` : ""}${String(left % 60).padStart(minutes ? 2 : 1, "0")}\u00a0s`;
    };
    const warn = (left) => {
        if (!dialog.open && !busy && !(told < Infinity && !("extends" in dialog.dataset))) {
            document.querySelectorAll("dialog[open]").forEach((other) => other.close());
            told = WARN_SECONDS;
            dialog.showModal();
        }
        count.textContent = words(left);
        for (const mark of [60, 20]) {
            if (left > mark || told <= mark) continue;
            told = mark;
            live.textContent = `${dialog.dataset.live} ${mark}\u00a0s`;
        }
    };
    const tick = () => {
        const left = Math.ceil((end - Date.now()) / 1000);
        if (left < 0) {
            keepTyped(false);
            leave(true);
        } else if (left <= WARN_SECONDS) warn(left);
        else told = Infinity;
    };
    const timer = window.setInterval(tick, 1000);
    dialog.addEventListener("close", () => {
        if (!quiet && "extends" in dialog.dataset) keep();
        quiet = false;
    });
    document.addEventListener("visibilitychange", tick);
    document.addEventListener("htmx:afterRequest", (event) => tell(Number(event.detail.xhr?.getResponseHeader("X-Session-Left"))));
    // A screen that asks by itself does not keep a session alive, unless it hangs on a wall.
    document.addEventListener("htmx:configRequest", ({ detail }) => {
        const polls = detail.triggeringEvent?.type === "hx:poll:trigger";
        if (polls && !detail.elt.closest("[data-display]")) detail.headers["X-Poll"] = "1";
    });
    document.addEventListener("submit", (event) => {
        if (!event.target.action.endsWith(dialog.dataset.signOut)) return keepTyped(true);
        store.removeItem(KEPT);
        // Told when the answer is here: before, the other tabs would still be signed in.
        window.addEventListener("pagehide", () => channel?.postMessage({ person, out: true }));
        return undefined;
    }, true);
    channel?.addEventListener("message", ({ data }) => {
        if (data.person !== person) return;
        if (data.out) {
            store.removeItem(KEPT);
            leave(false);
        } else moveEnd(data.end);
    });
    tell(Number(dialog.dataset.left));
})();
