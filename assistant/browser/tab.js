// The name of this tab's conversation. It is random, so that nobody can guess it, and stays until the tab is closed or a
// new conversation is begun. Nothing else is kept in the browser.
(fresh) => {
  const key = "dateline-conversation";
  let name = fresh ? null : sessionStorage.getItem(key);
  if (!name) {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    name = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
    sessionStorage.setItem(key, name);
  }
  return name;
}
