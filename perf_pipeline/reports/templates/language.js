"use strict";
// The language of a page: marked elements keep their Chinese words, English comes from the data.
const language = (() => {
  const words = JSON.parse(document.getElementById("data").textContent).words;
  const all = (query) => [...document.querySelectorAll(query)];
  const chinese = new Map();
  const changed = [];
  let english = false;
  const say = (word, ...values) =>
    (english ? words[word] ?? word : word).replace(/\{(\d)\}/g, (_, nth) => values[nth]);
  const original = (element, name) => {
    const key = chinese.get(element) ?? chinese.set(element, {}).get(element);
    return key[name] ??= name ? element.getAttribute(name) : element.textContent;
  };
  function speak(wanted) {
    english = wanted;
    document.documentElement.lang = english ? "en" : "zh-CN";
    const button = document.getElementById("language");
    button.textContent = english ? "中文" : "English";
    button.lang = english ? "zh-CN" : "en";
    for (const element of all("[data-t]")) {
      const word = original(element, "");
      element.textContent = english ? element.dataset.en ?? say(word) : word;
      element.lang = english ? "en" : "zh-CN";
    }
    for (const element of all("[data-ta]"))
      for (const name of element.dataset.ta.split(" "))
        element.setAttribute(name, say(original(element, name)));
    for (const each of changed) each();
    try { localStorage.setItem("perf-language", english ? "en" : "zh"); } catch { /* private window */ }
  }
  all(".scripted").forEach((element) => { element.hidden = false; });
  document.addEventListener("click", ({ target }) => {
    if (target.closest("#language")) speak(!english);
    else if (target.closest("#print")) print();
  });
  let kept = null;
  try { kept = localStorage.getItem("perf-language"); } catch { /* private window */ }
  if (kept === "en") speak(true);
  return { say, onChange: (each) => changed.push(each) };
})();
