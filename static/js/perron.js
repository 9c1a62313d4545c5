/* What a browser with JavaScript gets on top of pages that work without it.
 * Every part looks for its data- attribute; texts come from the templates, translated.
 * `Perron.enhance(root)` runs again on whatever is put into the page later. */
"use strict";

const Perron = (() => {
    const parts = [];

    /** Registers a part: `setUp(element)` runs once for each element that matches. */
    const part = (selector, setUp) => parts.push({ selector, setUp });

    /** Sets up every part inside `root` that has not been set up yet. */
    const enhance = (root) => {
        for (const { selector, setUp } of parts) {
            const found = [...root.querySelectorAll(selector)];
            if (root.matches?.(selector)) found.unshift(root);
            for (const element of found) {
                const done = (element.perron ??= new Set());
                if (done.has(selector)) continue;
                done.add(selector);
                setUp(element);
            }
        }
    };

    /** Tells screen readers, once. */
    const say = (text) => {
        const live = document.getElementById("live");
        if (!live) return;
        live.textContent = "";
        window.setTimeout(() => { live.textContent = text; }, 60);
    };

    /** An icon of the sprite, found by one that is in the page already. */
    const icon = (name) => {
        const sprite = document.documentElement.dataset.icons;
        const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
        svg.setAttribute("class", "icon");
        svg.setAttribute("aria-hidden", "true");
        const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
        use.setAttribute("href", `${sprite}#${name}`);
        svg.append(use);
        return svg;
    };

    /** An element with properties and children. */
    const make = (tag, properties = {}, ...children) => {
        const element = document.createElement(tag);
        for (const [name, value] of Object.entries(properties)) {
            if (name.includes("-") || name === "role" || name === "for") element.setAttribute(name, value);
            else element[name] = value;
        }
        element.append(...children);
        return element;
    };

    return { part, enhance, say, icon, make };
})();

/* A form is sent once, and its button says so. */
Perron.part("form[data-once]", (form) => {
    form.addEventListener("submit", (event) => {
        if (form.dataset.sent) return event.preventDefault();
        form.dataset.sent = "1";
        const button = event.submitter ?? form.querySelector("button[type=submit]");
        const words = document.body.dataset.busy;
        if (button && words) {
            button.perronLabel = [...button.childNodes];
            button.style.minInlineSize = `${button.offsetWidth}px`;
            button.setAttribute("aria-busy", "true");
            button.replaceChildren(Perron.icon("busy"), words);
        }
        // A download leaves the page where it is: give the button back.
        window.setTimeout(() => Perron.release(form), 8000);
        return undefined;
    });
});
Perron.release = (form) => {
    delete form.dataset.sent;
    for (const button of form.querySelectorAll("[aria-busy]")) {
        button.removeAttribute("aria-busy");
        button.style.minInlineSize = "";
        if (button.perronLabel) button.replaceChildren(...button.perronLabel);
    }
};
window.addEventListener("pageshow", (event) => {
    if (event.persisted) document.querySelectorAll("form[data-once]").forEach(Perron.release);
});

/* « Afficher » the password; hidden again before it is sent, so that no browser keeps it as text. */
Perron.part("button[data-password]", (button) => {
    const input = document.getElementById(button.dataset.password);
    const show = (shown) => {
        input.type = shown ? "text" : "password";
        button.firstChild.data = shown ? button.dataset.hide : button.dataset.show;
        button.setAttribute("aria-pressed", String(shown));
    };
    button.hidden = false;
    button.addEventListener("click", () => show(input.type === "password"));
    input.form?.addEventListener("submit", () => show(false));
});

/* Filters that stand open on a wide screen are folded on a phone; without JavaScript they stay open. */
Perron.part("details[data-fold]", (details) => {
    const narrow = window.matchMedia("(max-width: 639px)");
    const fit = () => { details.open = !narrow.matches; };
    narrow.addEventListener("change", fit);
    fit();
});

/* The calendar of the browser beside a date that is typed. */
Perron.part("button[data-calendar]", (button) => {
    const input = document.getElementById(button.dataset.calendar);
    const picker = Perron.make("input", { type: "date", className: "picker", tabIndex: -1, "aria-hidden": "true" });
    if (!picker.showPicker) return;
    button.after(picker);
    button.hidden = false;
    button.addEventListener("click", () => {
        const [, day, month, year] = /^(\d{1,2})\.(\d{1,2})\.(\d{4})$/.exec(input.value.trim()) ?? [];
        picker.value = year ? `${year}-${month.padStart(2, "0")}-${day.padStart(2, "0")}` : "";
        picker.showPicker();
    });
    picker.addEventListener("change", () => {
        const [year, month, day] = picker.value.split("-");
        input.value = picker.value ? `${day}.${month}.${year}` : "";
        input.dispatchEvent(new Event("change", { bubbles: true }));
        input.focus();
    });
});

/* The list of errors takes the focus; its links put the cursor into the field. */
Perron.part("[data-error-summary]", (summary) => {
    summary.focus();
    summary.addEventListener("click", (event) => {
        const link = event.target.closest("a[href^='#']");
        const goal = link && document.getElementById(link.hash.slice(1));
        if (!goal) return;
        event.preventDefault();
        const field = goal.closest(".field") ?? goal;
        const panel = goal.closest("[role=tabpanel][hidden]");
        if (panel) document.getElementById(panel.getAttribute("aria-labelledby"))?.click();
        const control = goal.offsetParent === null ? field.querySelector("[role=combobox]") : goal;
        field.scrollIntoView({ block: "center" });
        (control ?? goal).focus({ preventScroll: true });
    });
});

/* Details of a name: hover and focus show them by CSS; a click keeps them, Esc closes them. */
Perron.part(".popover-anchor", (anchor) => {
    const trigger = anchor.querySelector(".popover-trigger");
    const popover = anchor.querySelector(".popover");
    const isTooltip = popover.getAttribute("role") === "tooltip";
    const place = () => {
        popover.classList.remove("shut", "popover-end");
        const box = popover.getBoundingClientRect();
        if (box.right > document.documentElement.clientWidth - 8) popover.classList.add("popover-end");
    };
    const open = (kept) => {
        popover.classList.toggle("open", kept);
        popover.classList.toggle("shut", !kept);
        if (!isTooltip) trigger.setAttribute("aria-expanded", String(kept));
        if (kept) place();
    };
    if (!isTooltip) trigger.setAttribute("aria-expanded", "false");
    trigger.addEventListener("click", () => open(!popover.classList.contains("open")));
    trigger.addEventListener("focus", place);
    anchor.addEventListener("mouseenter", place);
    anchor.addEventListener("keydown", (event) => { if (event.key === "Escape") open(false); });
    document.addEventListener("keydown", (event) => {
        if (event.key === "Escape" && anchor.matches(":hover")) open(false);
    });
    document.addEventListener("click", (event) => { if (!anchor.contains(event.target)) open(false); });
    anchor.addEventListener("focusout", (event) => { if (!anchor.contains(event.relatedTarget)) open(false); });
});

/* A link or button opens the dialog it names; without JavaScript the link leads to a page. */
Perron.part("[data-dialog]", (opener) => {
    const dialog = document.getElementById(opener.dataset.dialog);
    if (!dialog?.showModal) return;
    opener.setAttribute("aria-haspopup", "dialog");
    opener.addEventListener("click", (event) => {
        event.preventDefault();
        dialog.showModal();
    });
});
Perron.part("dialog", (dialog) => {
    dialog.addEventListener("click", (event) => {
        if (event.target === dialog || event.target.closest("[data-close]")) dialog.close();
    });
});

/* The time that is left, in the last hour; the absolute hour beside it carries the message. */
Perron.part("[data-hold-until]", (strip) => {
    const end = Date.parse(strip.dataset.holdUntil);
    const bar = strip.querySelector("progress");
    const left = strip.querySelector(".hold-left") ?? Perron.make("span", { className: "hold-left", "aria-hidden": "true" });
    const told = new Set();
    if (!left.isConnected) strip.append(left);
    const tick = () => {
        const seconds = Math.max(0, Math.round((end - Date.now()) / 1000));
        const two = (number) => String(number).padStart(2, "0");
        left.hidden = seconds >= 3600;
        left.textContent = `${two(Math.floor(seconds / 60))}:${two(seconds % 60)}`;
        if (bar) bar.value = Math.min(bar.max, seconds);
        for (const minutes of [5, 1]) {
            if (seconds > minutes * 60 || seconds < minutes * 60 - 5 || told.has(minutes)) continue;
            told.add(minutes);
            Perron.say(`${strip.textContent.replace(left.textContent, "").trim()} (${minutes} min)`);
        }
        if (seconds === 0) window.clearInterval(timer);
    };
    const timer = window.setInterval(tick, 1000);
    tick();
});

/* Parts of a page under tabs; without JavaScript they stand one under the other and the links jump. */
Perron.part("[data-tabs]", (box) => {
    const tabs = [...box.querySelectorAll("[data-tablist] a")];
    const panelOf = (tab) => document.getElementById(tab.hash.slice(1));
    const show = (chosen) => {
        for (const tab of tabs) {
            tab.setAttribute("aria-selected", String(tab === chosen));
            tab.tabIndex = tab === chosen ? 0 : -1;
            panelOf(tab).hidden = tab !== chosen;
        }
    };
    const turn = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };
    tabs.forEach((tab, at) => {
        const panel = panelOf(tab);
        tab.id ||= `tab-${panel.id}`;
        tab.setAttribute("role", "tab");
        tab.setAttribute("aria-controls", panel.id);
        tab.parentElement.setAttribute("role", "presentation");
        panel.setAttribute("role", "tabpanel");
        panel.setAttribute("aria-labelledby", tab.id);
        tab.addEventListener("click", (event) => { event.preventDefault(); show(tab); });
        tab.addEventListener("keydown", (event) => {
            if (event.key === " ") { event.preventDefault(); show(tab); }
            if (!turn[event.key]) return;
            event.preventDefault();
            const next = tabs[(at + turn[event.key] + tabs.length) % tabs.length];
            show(next);
            next.focus();
        });
    });
    const list = tabs[0].closest("ul");
    const nav = list.closest("[data-tablist]");
    list.setAttribute("role", "tablist");
    list.setAttribute("aria-label", nav.getAttribute("aria-label") ?? "");
    nav.setAttribute("role", "presentation");
    nav.removeAttribute("aria-label");
    const wished = [window.location.hash.slice(1), box.dataset.current];
    const wrong = tabs.find((tab) => panelOf(tab).querySelector(".field-wrong"));
    show(wrong ?? tabs.find((tab) => wished.includes(panelOf(tab).id)) ?? tabs[0]);
});

/* A choice that leads a link elsewhere: `<select data-href="id of the link">`, `<option data-url>`. */
Perron.part("select[data-href]", (select) => {
    const link = document.getElementById(select.dataset.href);
    const lead = () => { link.href = select.selectedOptions[0].dataset.url; };
    select.addEventListener("change", lead);
    lead();
});

/* A choice that takes effect at once; its button is there without JavaScript. */
Perron.part("[data-auto]", (control) => {
    const button = control.form?.querySelector("[data-auto-button]");
    if (button) button.hidden = true;
    control.addEventListener("change", () => control.form.requestSubmit());
});

/* A field that matters only while a yes is chosen elsewhere: data-needs="name=value". */
Perron.part("[data-needs]", (field) => {
    const [name, value] = field.dataset.needs.split("=");
    const form = field.closest("form");
    const judge = () => { field.hidden = new FormData(form).get(name) !== value; };
    form.addEventListener("change", judge);
    judge();
});

/* The menu of narrow screens closes by Esc and by a click elsewhere. */
Perron.part("details[data-menu]", (menu) => {
    document.addEventListener("click", (event) => { if (!menu.contains(event.target)) menu.open = false; });
    menu.addEventListener("keydown", (event) => {
        if (event.key !== "Escape" || !menu.open) return;
        menu.open = false;
        menu.querySelector("summary").focus();
    });
});

/* On a phone the filters fold once something has been searched: `<form data-fold="Change the criteria">`. */
Perron.part("form[data-fold]", (form) => {
    if (!window.matchMedia("(max-width: 767px)").matches || !window.location.search) return;
    if (form.querySelector(".field-wrong")) return;
    const button = Perron.make("button", { type: "button", className: "button-secondary fold", "aria-expanded": "false" }, Perron.icon("filter"), form.dataset.fold);
    form.before(button);
    form.hidden = true;
    button.addEventListener("click", () => {
        form.hidden = !form.hidden;
        button.setAttribute("aria-expanded", String(!form.hidden));
    });
});

/* « Imprimer » prints this page. */
Perron.part("[data-print]", (button) => {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
});

/* Keys of the daily moves: `data-key="1"` on a link, button or field; « ? » shows them all.
 * They can be switched off, for those whose speech recognition types single letters (WCAG 2.1.4). */
Perron.part("[data-shortcuts]", (button) => {
    const KEPT = "perron.keys";
    const SHOWN = { ArrowLeft: "←", ArrowRight: "→" };
    const dialog = document.getElementById(button.dataset.dialog);
    const use = dialog.querySelector("input");
    const targets = () => [...document.querySelectorAll("[data-key]")];
    const label = (element) => element.dataset.keyLabel ?? element.labels?.[0]?.textContent ?? element.textContent;
    button.hidden = false;
    use.checked = window.localStorage.getItem(KEPT) !== "off";
    use.addEventListener("change", () => window.localStorage.setItem(KEPT, use.checked ? "on" : "off"));
    button.addEventListener("click", () => {
        dialog.querySelector("dl").replaceChildren(...targets().flatMap((element) => [
            Perron.make("dt", {}, Perron.make("kbd", {}, SHOWN[element.dataset.key] ?? element.dataset.key)),
            Perron.make("dd", {}, label(element).trim()),
        ]));
    });
    document.addEventListener("keydown", (event) => {
        if (!use.checked || event.ctrlKey || event.metaKey || event.altKey) return;
        if (event.target.closest("input, select, textarea, dialog")) return;
        const target = event.key === "?" ? button : targets().find((element) => element.dataset.key === event.key);
        if (!target) return;
        event.preventDefault();
        if (target.matches("input, select")) target.focus();
        else target.click();
    });
});

document.addEventListener("DOMContentLoaded", () => Perron.enhance(document));
document.addEventListener("htmx:afterSettle", (event) => Perron.enhance(event.detail.elt));
