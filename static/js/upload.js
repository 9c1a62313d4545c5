/* A file is sent as soon as it is chosen or dropped, with progress; without JavaScript the form's button sends it. */
"use strict";

Perron.part("form[data-upload]", (form) => {
    const input = form.querySelector("input[type=file]");
    const zone = form.querySelector(".drop");
    const row = form.querySelector("[data-upload-row]");
    const button = form.querySelector("[data-upload-button]");
    if (!input || !row) return;
    const name = row.querySelector("[data-upload-name]");
    const bar = row.querySelector("progress");
    const words = row.querySelector("[data-upload-words]");
    let request = null;

    const fail = (sentence) => {
        row.hidden = false;
        bar.hidden = true;
        words.textContent = sentence;
        Perron.say(sentence);
    };
    const send = () => {
        const file = input.files[0];
        if (!file) return;
        if (file.size > Number(form.dataset.most || Infinity)) {
            input.value = "";
            fail(form.dataset.tooBig);
            return;
        }
        request = new XMLHttpRequest();
        name.textContent = file.name;
        bar.hidden = false;
        bar.value = 0;
        row.hidden = false;
        words.textContent = form.dataset.loading.replace("%", "0");
        Perron.say(words.textContent);
        request.upload.addEventListener("progress", ({ loaded, total }) => {
            bar.value = Math.round((loaded / total) * 100);
            words.textContent = form.dataset.loading.replace("%", String(bar.value));
        });
        request.addEventListener("load", () => Perron.swapMain(request.responseText, request.responseURL || form.action));
        request.addEventListener("error", () => fail(form.dataset.failed));
        request.addEventListener("abort", () => { row.hidden = true; input.value = ""; });
        request.open("POST", form.action);
        request.send(new FormData(form));
    };

    if (button) button.hidden = true;
    input.addEventListener("change", send);
    row.querySelector("[data-upload-stop]")?.addEventListener("click", () => request?.abort());
    for (const kind of ["dragover", "dragenter"]) {
        zone?.addEventListener(kind, (event) => { event.preventDefault(); zone.classList.add("over"); });
    }
    for (const kind of ["dragleave", "drop"]) zone?.addEventListener(kind, () => zone.classList.remove("over"));
    zone?.addEventListener("drop", (event) => {
        event.preventDefault();
        if (!event.dataTransfer.files.length) return;
        input.files = event.dataTransfer.files;
        send();
    });
});
