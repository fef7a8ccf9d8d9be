"use strict";
// The language of a page: marked elements keep their Chinese words; those of the other language
// come from the page's data, or stand with the first sentence that says them.
// At first the reader's own choice, else the installation's language.
const language = (() => {
  const words = JSON.parse(document.getElementById("data").textContent).words;
  const all = (query) => [...document.querySelectorAll(query)];
  for (const first of all("[data-said]")) words[first.textContent] ??= first.dataset.said;
  const chinese = new Map();
  const changed = [];
  const other = document.documentElement.dataset.other;
  const button = document.getElementById("language");
  const called = button.textContent;
  let changedTo = false; // the other language
  const say = (word, ...values) =>
    (changedTo ? words[word] ?? word : word).replace(/\{(\d)\}/g, (as, nth) => values[nth] ?? as);
  const each = (text) => words[text] ? say(text) : text.split(" ").map((word) => say(word)).join(" ");
  const original = (element, name) => {
    const key = chinese.get(element) ?? chinese.set(element, {}).get(element);
    return key[name] ??= name ? element.getAttribute(name) : element.textContent;
  };
  function speak(wanted) {
    changedTo = wanted;
    document.documentElement.lang = changedTo ? other : "zh-CN";
    button.textContent = changedTo ? "\u4e2d\u6587" : called; // 中文
    button.lang = changedTo ? "zh-CN" : other;
    for (const element of all("[data-t]")) {
      const word = original(element, "");
      element.textContent = changedTo ? element.dataset.said ?? each(word) : word;
      element.lang = changedTo ? other : "zh-CN";
    }
    for (const element of all("[data-ta]"))
      for (const name of element.dataset.ta.split(" "))
        element.setAttribute(name, changedTo && element.dataset.saidIn || each(original(element, name)));
    for (const told of changed) told();
  }
  // tables behind a fold: opened where a link leads into one, and all of them for printing whole
  function whole() {
    const closed = all("details:not([open])");
    for (const each of closed) each.open = true;
    document.documentElement.classList.add("in-full"); // and what paper else leaves to the page
    addEventListener("afterprint", () => {
      for (const each of closed) each.open = false;
      document.documentElement.classList.remove("in-full");
    }, { once: true });
    print();
  }
  all(".scripted").forEach((element) => { element.hidden = false; });
  document.addEventListener("click", ({ target }) => {
    if (target.closest("#language")) {
      speak(!changedTo);
      try { localStorage.setItem("perf-language", changedTo ? other : "zh"); } catch { /* private window */ }
    }
    else if (target.closest("#print")) print();
    else if (target.closest("#print-all")) whole();
  });
  function unfold() {
    const at = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    for (let up = at; up; up = up.parentElement) if (up.localName === "details") up.open = true;
    if (at?.closest("details")) at.scrollIntoView();
  }
  addEventListener("hashchange", unfold);
  unfold();
  let kept = null;
  try { kept = localStorage.getItem("perf-language"); } catch { /* private window */ }
  if ((kept ?? document.documentElement.dataset.language) === other) speak(true);
  const learn = (more) => Object.assign(words, more);
  return { say, learn, onChange: (each) => changed.push(each) };
})();
