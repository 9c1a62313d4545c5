/* A file is sent as soon as it is chosen or dropped, with progress, while the rest is still being typed.
 * `<input type="file" data-upload-url data-upload-target …>` in `.drop`; what the server answers goes into the
 * target. Without JavaScript the file travels with the form. */
"use strict";

Perron.part("input[data-upload-url]", (input) => {
    const { uploadUrl, uploadTarget, textProgress, textDone, textStop, textFailed, textTooBig, most } = input.dataset;
    const zone = input.closest(".drop") ?? input.parentElement;
    const target = document.getElementById(uploadTarget);
    const bar = Perron.make("progress", { max: 100, value: 0, "aria-label": textProgress });
    const words = Perron.make("p", { className: "small" });
    const stop = Perron.make("button", { type: "button", className: "button-small" }, Perron.icon("x"), textStop ?? "×");
    const name = Perron.make("p", { className: "file-name" });
    const row = Perron.make("div", { className: "file-row", hidden: true }, Perron.make("div", { className: "file-words" }, name, bar, words), stop);
    let request = null;
    zone.after(row);

    const show = (sentence, { busy, told }) => {
        row.hidden = false;
        bar.hidden = !busy;
        stop.hidden = !busy;
        words.textContent = sentence;
        if (told) Perron.say(sentence);
    };
    const percent = (value) => {
        bar.value = value;
        show(`${textProgress}, ${value}\u00a0%`, { busy: true, told: value === 0 });
    };
    const answered = () => {
        input.value = "";
        if (request.status >= 500 || !target) return show(textFailed ?? "", { told: true });
        row.hidden = true;
        target.innerHTML = request.responseText;
        Perron.enhance(target);
        window.htmx?.process(target);
        if (request.status < 400) Perron.say(textDone ?? "");
        document.dispatchEvent(new CustomEvent("perron:uploaded", { detail: { target } }));
        target.tabIndex = -1;
        target.focus();
        return undefined;
    };
    const send = () => {
        const file = input.files[0];
        if (!file) return;
        name.textContent = file.name;
        if (most && file.size > Number(most)) {
            input.value = "";
            show(textTooBig ?? "", { told: true });
            return;
        }
        const data = new FormData();
        data.append(input.name, file);
        data.append("csrfmiddlewaretoken", input.form.elements.csrfmiddlewaretoken.value);
        request = new XMLHttpRequest();
        request.upload.addEventListener("progress", ({ loaded, total }) => percent(Math.round((loaded / total) * 100)));
        request.addEventListener("load", answered);
        request.addEventListener("error", () => { input.value = ""; show(textFailed ?? "", { told: true }); });
        request.addEventListener("abort", () => { input.value = ""; row.hidden = true; });
        request.open("POST", uploadUrl);
        request.setRequestHeader("HX-Request", "true");
        percent(0);
        request.send(data);
    };

    stop.addEventListener("click", () => { request?.abort(); input.focus(); });
    input.addEventListener("change", send);
    for (const kind of ["dragover", "dragenter"]) {
        zone.addEventListener(kind, (event) => { event.preventDefault(); zone.classList.add("over"); });
    }
    for (const kind of ["dragleave", "drop"]) zone.addEventListener(kind, () => zone.classList.remove("over"));
    zone.addEventListener("drop", (event) => {
        event.preventDefault();
        if (!event.dataTransfer.files.length) return;
        input.files = event.dataTransfer.files;
        send();
    });
});
