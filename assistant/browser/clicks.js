// Runs once for each piece of HTML with buttons in it: hands clicks on them to Python.
// Buttons come and go with every answer, so one listener on what stays hears them all.
const events = ["open_citation", "open_article", "suggest", "ask_literally", "add_articles", "remove_article", "unstage"];

const disarm = (button) => {
  if (button.dataset.was) button.textContent = button.dataset.was;
  delete button.dataset.was;
};

element.addEventListener("click", (click) => {
  const button = click.target.closest("[data-event]");
  if (!button || !events.includes(button.dataset.event)) return;
  // What cannot be taken back asks once more, in its own place.
  if (button.dataset.sure && !button.dataset.was) {
    button.dataset.was = button.textContent;
    button.textContent = button.dataset.sure;
    button.addEventListener("blur", () => disarm(button), { once: true });
    return;
  }
  disarm(button);
  if (button.dataset.event.startsWith("open_")) {
    document.querySelectorAll("[data-event][aria-current]").forEach((other) => other.removeAttribute("aria-current"));
    button.setAttribute("aria-current", "true");
  }
  trigger(button.dataset.event, { ...button.dataset });
});

// How an update goes is told below all that is staged.
if (element.closest("#report")) {
  watch("value", () => element.scrollIntoView({ block: "nearest" }));
}

// A new question comes into view, with room for its answer below.
let asked = element.querySelectorAll(".exchange").length;
watch("value", () => {
  const exchanges = element.querySelectorAll(".exchange");
  if (exchanges.length > asked) {
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    exchanges[exchanges.length - 1].scrollIntoView({ block: "start", behavior: calm ? "auto" : "smooth" });
  }
  asked = exchanges.length;
});
