/* What a page does better with JavaScript. Nothing here is needed: without it every task still works. */
"use strict";

document.documentElement.classList.add("has-js");

/* A long text says how much room is left once that matters; nothing is cut off silently on paste. */
const ROOM_WORTH_TELLING = 500;

function countCharacters(area) {
  if (area.dataset.counted || !area.maxLength || area.maxLength < 0) return;
  const most = area.maxLength;
  area.dataset.counted = "yes";
  area.removeAttribute("maxlength");
  const note = document.getElementById(area.id + "_count");
  if (!note) return;
  const [room, over] = [note.dataset.room, note.dataset.over];
  const tell = () => {
    const left = most - Array.from(area.value).length;
    note.textContent = (left < 0 ? over : room).replace("%s", Math.abs(left).toLocaleString(document.documentElement.lang));
    note.hidden = left > ROOM_WORTH_TELLING;
    note.classList.toggle("field-error", left < 0);
  };
  area.addEventListener("input", tell);
  tell();
}

/* One press sends a form once: the button rests until the answer is here or five seconds have passed. */
function sendOnce(event) {
  const form = event.target;
  if (form.method !== "post" || form.hasAttribute("hx-post")) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  const again = () => delete form.dataset.sent;
  setTimeout(again, 5000);
  addEventListener("pageshow", again, { once: true });
}

/* Buttons that only make sense here: print, and read aloud with the browser's own voice. */
function press(event) {
  const button = event.target.closest("[data-press]");
  if (!button) return;
  if (button.dataset.press === "print") print();
  if (button.dataset.press === "fill") fill(button);
  if (button.dataset.press === "read") readAloud(button);
}

function fill(button) {
  const area = document.getElementById(button.dataset.target);
  area.value = button.dataset.text || button.textContent.trim();
  area.dispatchEvent(new Event("input", { bubbles: true }));
  area.focus();
}

function readAloud(button) {
  const rest = () => button.setAttribute("aria-pressed", "false");
  if (speechSynthesis.speaking) {
    speechSynthesis.cancel();
    rest();
    return;
  }
  const source = document.getElementById(button.dataset.target);
  const words = new SpeechSynthesisUtterance(source.innerText);
  words.lang = source.closest("[lang]").lang;
  words.onend = rest;
  button.setAttribute("aria-pressed", "true");
  speechSynthesis.speak(words);
}

function arrive(root) {
  root.querySelectorAll("textarea[maxlength]").forEach(countCharacters);
  if (!("speechSynthesis" in window)) root.querySelectorAll('[data-press="read"]').forEach((b) => b.remove());
}

document.addEventListener("submit", sendOnce);
document.addEventListener("click", press);
document.addEventListener("htmx:load", (event) => arrive(event.detail.elt));
arrive(document);

/* A form that came back with mistakes starts at the list of them. */
document.querySelector(".error-summary")?.focus();
