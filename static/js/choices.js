/* Type-ahead over lists that are in the page: several of many as tokens, or one of many.
 * The native controls stay in the form and carry the values; only their look is taken over. */
"use strict";

(() => {
    let number = 0;
    const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

    /** An input that offers what matches: `offered()` → [{label, pick}], by the ARIA pattern of a combobox. */
    const combobox = ({ input, list, offered, none, onClose, showsAll }) => {
        const id = `list-${(number += 1)}`;
        let rows = [];
        let active = -1;
        list.id = id;
        for (const [name, value] of Object.entries({
            role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false",
            "aria-controls": id, autocomplete: "off", spellcheck: "false",
        })) input.setAttribute(name, value);

        const isOpen = () => !list.hidden;
        const mark = (index) => {
            active = index;
            [...list.children].forEach((row, at) => row.setAttribute("aria-selected", String(at === active)));
            const row = list.children[active];
            row?.scrollIntoView({ block: "nearest" });
            if (row && rows.length) input.setAttribute("aria-activedescendant", row.id);
            else input.removeAttribute("aria-activedescendant");
        };
        const close = () => {
            list.hidden = true;
            input.setAttribute("aria-expanded", "false");
            mark(-1);
            onClose?.();
        };
        const open = (all) => {
            const typed = all ? "" : plain(input.value.trim());
            const starts = ({ label }) => (plain(label).startsWith(typed) ? 0 : 1);
            rows = offered().filter(({ label }) => plain(label).includes(typed)).sort((a, b) => starts(a) - starts(b));
            list.replaceChildren(...rows.map(({ label }, at) => Perron.make("li", { id: `${id}-${at}`, role: "option", textContent: label })));
            if (!rows.length) list.append(Perron.make("li", { role: "option", "aria-disabled": "true", textContent: none }));
            list.hidden = false;
            input.setAttribute("aria-expanded", "true");
            mark(rows.length && typed ? 0 : -1);
        };
        const pick = (index) => {
            const row = rows[index];
            if (!row) return;
            close();
            row.pick();
        };
        const move = (step) => {
            if (!isOpen()) open(true);
            mark(rows.length ? (active + step + rows.length + (active < 0 && step < 0 ? 1 : 0)) % rows.length : -1);
        };
        const keys = {
            ArrowDown: () => move(1),
            ArrowUp: () => move(-1),
            Enter: () => isOpen() && active >= 0 && pick(active),
            Escape: () => { if (isOpen()) close(); else input.value = ""; },
            Tab: () => { if (isOpen() && active >= 0 && input.value) pick(active); },
        };
        input.addEventListener("keydown", (event) => {
            const key = keys[event.key];
            if (!key) return;
            const wasOpen = isOpen() && active >= 0;
            key();
            if (event.key.startsWith("Arrow") || (event.key === "Enter" && wasOpen)) event.preventDefault();
        });
        input.addEventListener("input", () => open(false));
        input.addEventListener("click", () => { if (!isOpen()) open(showsAll); });
        input.addEventListener("blur", () => { if (isOpen()) close(); else onClose?.(); });
        list.addEventListener("mousedown", (event) => event.preventDefault());
        list.addEventListener("click", (event) => pick([...list.children].indexOf(event.target.closest("[role=option]"))));
        return { close };
    };

    /** Several of many: checkboxes become tokens and an input that adds. */
    Perron.part("fieldset[data-choices]", (group) => {
        const options = group.querySelector(".options");
        const boxes = [...options.querySelectorAll("input[type=checkbox]")];
        const labelOf = (box) => box.closest("label").textContent.trim();
        const { remove, add, none, added, removed } = group.dataset;
        const tokens = Perron.make("ul", { className: "token-list", role: "list" });
        const input = Perron.make("input", { type: "text", placeholder: add, "aria-labelledby": group.dataset.label });
        const list = Perron.make("ul", { className: "listbox", role: "listbox", hidden: true, "aria-labelledby": group.dataset.label });
        for (const name of ["aria-describedby", "aria-invalid"]) {
            if (group.hasAttribute(name)) input.setAttribute(name, group.getAttribute(name));
        }
        const set = (box, checked) => {
            box.checked = checked;
            draw();
            Perron.say(`${labelOf(box)}, ${checked ? added : removed}`);
            box.dispatchEvent(new Event("change", { bubbles: true }));
        };
        const token = (box) => {
            const button = Perron.make("button", { type: "button", "aria-label": `${remove} ${labelOf(box)}` }, Perron.icon("x"));
            button.addEventListener("click", () => { set(box, false); input.focus(); });
            return Perron.make("li", { className: "token" }, labelOf(box), button);
        };
        const draw = () => {
            const chosen = boxes.filter((box) => box.checked);
            tokens.replaceChildren(...chosen.map(token));
            tokens.hidden = !chosen.length;
            input.value = "";
        };
        const offered = () => boxes.filter((box) => !box.checked).map((box) => ({ label: labelOf(box), pick: () => set(box, true) }));
        input.addEventListener("keydown", (event) => {
            const last = boxes.filter((box) => box.checked).at(-1);
            if (event.key === "Backspace" && !input.value && last) set(last, false);
        });
        options.hidden = true;
        options.after(Perron.make("div", { className: "tokens" }, tokens, input, Perron.icon("chev-d"), list));
        combobox({ input, list, offered, none, showsAll: true });
        group.form?.addEventListener("reset", () => window.setTimeout(draw));
        draw();
    });

    /** One of many: a long select becomes an input that offers what matches. */
    Perron.part("select[data-type-ahead]", (select) => {
        const label = document.querySelector(`label[for="${select.id}"]`);
        const input = Perron.make("input", { type: "text", id: `${select.id}-typed` });
        const list = Perron.make("ul", { className: "listbox", role: "listbox", hidden: true, "aria-labelledby": `${select.id}-label` });
        const shown = () => { input.value = select.selectedOptions[0]?.value ? select.selectedOptions[0].text : ""; };
        const offered = () => [...select.options].filter((option) => option.value).map((option) => ({
            label: option.text,
            pick: () => {
                select.value = option.value;
                shown();
                select.dispatchEvent(new Event("change", { bubbles: true }));
            },
        }));
        for (const name of ["aria-describedby", "aria-invalid"]) {
            if (select.hasAttribute(name)) input.setAttribute(name, select.getAttribute(name));
        }
        input.placeholder = select.querySelector('option[value=""]')?.text ?? "";
        label.id = `${select.id}-label`;
        label.htmlFor = input.id;
        select.hidden = true;
        select.after(Perron.make("div", { className: "type-ahead" }, input, Perron.icon("chev-d"), list));
        combobox({
            input, list, offered, none: select.dataset.none, showsAll: true,
            // What is typed and not chosen is not an answer: the last answer comes back; nothing typed is no answer.
            onClose: () => {
                if (!input.value.trim()) select.value = "";
                shown();
            },
        });
        shown();
    });
})();
