// The reader pane: brings the cited words into view, and on a narrow screen opens and closes as a sheet.
const isSheet = () => matchMedia("(max-width: 900px)").matches;
let opener = null;

const close = () => {
  if (!document.body.classList.contains("reader-open")) return;
  document.body.classList.remove("reader-open");
  if (opener && opener.isConnected) opener.focus();
};

watch("value", () => {
  const article = element.querySelector(".reader");
  if (!article) return close();
  opener = document.querySelector("[data-event][aria-current]");
  document.body.classList.add("reader-open");
  if (isSheet()) article.querySelector(".reader-close").focus({ preventScroll: true });
  // Only the pane scrolls, for scrollIntoView would move the conversation too; and not where the head can stay in view.
  article.scrollTop = 0;
  const marked = article.querySelector("mark.active");
  if (!marked) return;
  const words = marked.getBoundingClientRect();
  const top = words.top - article.getBoundingClientRect().top;
  if (top + words.height > article.clientHeight * 0.85) article.scrollTop = top - article.clientHeight / 3;
});

element.addEventListener("click", (click) => {
  if (click.target.closest("[data-close]")) close();
});
// What lies over the page beside the sheet is drawn by the body.
document.addEventListener("click", (click) => {
  if (click.target === document.body && isSheet()) close();
});
document.addEventListener("keydown", (key) => {
  if (key.key === "Escape" && isSheet()) close();
});
