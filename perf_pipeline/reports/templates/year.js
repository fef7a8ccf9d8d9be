// Navigation, filters, sorting and source rows of a year's page. Data only ever
// become text: nothing here makes HTML of them.
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const one = (query, at = document) => at.querySelector(query);
  const all = (query, at = document) => [...at.querySelectorAll(query)];
  const views = all(".view");
  if (!views.length) return; // packed, in a browser that cannot unpack
  const say = language.say;

  // filters: search in a row's text, and words that a row carries as data
  const texts = new WeakMap();
  const textOf = (row) => {
    if (!texts.has(row)) texts.set(row, row.textContent.toLowerCase());
    return texts.get(row);
  };
  const wordsOf = (form) => form.elements.q.value.toLowerCase().split(/\s+/).filter(Boolean);
  function filter(form) {
    if (form.id === "find") return draw(FIRST);
    const rows = all("tbody > tr", one("#" + form.dataset.for));
    const words = wordsOf(form);
    const chosen = all("select", form).filter((select) => select.value);
    let shown = 0;
    for (const row of rows) {
      const fits =
        chosen.every((select) => row.dataset[select.name].split(" ").includes(select.value)) &&
        words.every((word) => textOf(row).includes(word));
      row.hidden = !fits;
      shown += fits;
    }
    one("output", form).textContent =
      say("显示{0}项，共{1}项", shown, rows.length) + (shown ? "" : "　" + say("没有符合条件的行。"));
  }

  // sorting: a number that a cell carries, else its text
  function sort(button) {
    const head = button.closest("th");
    const rising = head.getAttribute("aria-sort") !== "ascending";
    for (const other of all("th[aria-sort]", head.parentElement)) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", rising ? "ascending" : "descending");
    const body = one("tbody", head.closest("table"));
    const keyed = [...body.rows].map((row) => {
      const cell = row.cells[head.cellIndex];
      return [cell.dataset.v === undefined ? cell.textContent.trim() : Number(cell.dataset.v), row];
    });
    keyed.sort(([a], [b]) => (typeof a === "number" ? a - b : a.localeCompare(b, "zh-CN")));
    body.append(...(rising ? keyed : keyed.reverse()).map(([, row]) => row));
  }

  // source rows: what is known of a figure, built when it is opened
  function make(tag, content, properties = {}) {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...[content].flat().filter((each) => each !== null && each !== undefined));
    return element;
  }
  const fact = (label, value) =>
    value === null || value === "" ? null
      : make("div", [make("dt", say(label)), make("dd", typeof value === "string" ? say(value) : value)]);
  const mark = (word) => make("span", [icon(word), say(data.labels[word])], { className: "mark " + word });
  function icon(word) {
    const svg = one("#icon").content.firstElementChild.cloneNode(true);
    one("use", svg).setAttribute("href", "#i-" + word);
    return svg;
  }
  function show(id, told) {
    one("#evidence code.trace").textContent = "perf-pipeline trace " + id;
    const [nth, quarter, judgement, actual, planned, reason, code, numerator, denominator, total] =
      told.figures[id];
    const [name, group, siblings] = told.subjects[nth];
    const measure = told.measures[code];
    const rate = measure ? measure[2] : ![null, "1"].includes(denominator);
    const belongs = told.groups[group];
    one("#evidence .crumbs ol").replaceChildren(
      make("li", make("a", one("h1").textContent, { href: "#overview" })),
      make("li", make("a", belongs || say("指标"), { href: "#" + group })),
      make("li", name || say("累计支付"), { ariaCurrent: "page" }));
    one("#evidence h2").textContent = name ? name : belongs + " · " + say("累计支付");
    one("#evidence .when").replaceChildren(...siblings.map((figure, at) => figure && make("li",
      make("a", [make("span", icon(told.figures[figure][2]), { className: told.figures[figure][2] }), say(told.quarters[at])],
        { href: "#" + figure, ariaCurrent: figure === id ? "page" : null }))).filter(Boolean));
    one("#evidence .facts").replaceChildren(...[
      fact("检查点", say(told.quarters[quarter])), fact("目标值", planned),
      fact("实际值", actual), fact("状态", mark(judgement)),
      fact(name ? "分子" : "累计支付", numerator), rate || !name ? fact(name ? "分母" : "预算数", denominator) : null,
      fact("度量", measure ? say(measure[0]) : code ? say("人工填报") : say("没有度量与该指标对应")),
      fact("追溯号", id)].filter(Boolean));
    one("#evidence .reason").textContent = say(reason);
    one("#evidence .how").replaceChildren(
      ...(measure ? [make("b", say("怎样计算") + "　"), say(measure[1])] : []));
    list(id, rate, total, told);
  }

  // figures and source rows, all of them: unpacked when the first figure is opened
  let packed;
  const figures = () => packed ??= unpack("packed").then((told) => told.json())
    .then((told) => { language.learn(told.words); return told; });

  // drawn as many as are asked for
  const FIRST = 10;
  let listed;
  function list(id, rate, total, { files, rows, lists, of, registers: columns }) {
    listed = { id, total, rows: [] };
    const mine = lists[of[id]];
    const registers = [...new Set(mine.map(([place]) => rows[place][3]))];
    const own = registers.flatMap((name) => columns[name].map((label, at) => [name, at, label]));
    const heads = ["文件", "工作表", "行", ...(rate ? ["计入分子", "计入分母"] : ["计入"])];
    listed.heads = [...heads.map((word) => say(word)), ...own.map(([, , label]) => label)]; // as its file has it
    listed.rows = mine.map(([place, adds, under]) => {
      const [file, sheet, row, register, ...cells] = rows[place];
      const counted = [sheet ?? "—", String(row ?? "—"), adds, ...(rate ? [under] : [])];
      return { sha: files[file][1], cells: [files[file][0], ...counted,
        ...own.map(([name, at]) => (name === register ? cells[at] : ""))] };
    });
    listed.counted = heads.length;
    one("#find").elements.q.value = "";
    draw(FIRST);
  }
  function old(id) {
    one("#evidence code.trace").textContent = "perf-pipeline trace " + id;
    one("#evidence caption").textContent = say("浏览器太旧，列不出来源行；请用下面的命令。");
    one("#evidence table").hidden = false;
  }
  const fitting = () => {
    const words = wordsOf(one("#find"));
    return listed.rows.filter(({ cells }) => {
      const text = cells.join("\n").toLowerCase();
      return words.every((word) => text.includes(word));
    });
  };
  function draw(most) {
    if (!listed?.counted) return; // none is opened, or its rows are being unpacked
    const { heads, counted, total } = listed;
    const fits = fitting();
    const shown = fits.slice(0, most);
    one("#evidence caption").textContent =
      total ? say("共{0}行，列出{1}行", total.toLocaleString("en"), shown.length) : say("没有来源行。");
    one("#evidence .all").hidden = total <= 1;
    one("#find").hidden = listed.rows.length <= 1;
    one("#every").hidden = shown.length === fits.length;
    one("#evidence thead tr").replaceChildren(...heads.map((word, at) => make("th", word,
      at < counted ? { scope: "col", className: at > 1 ? "num" : "" } : { scope: "col" })));
    one("#evidence tbody").replaceChildren(...shown.map(({ sha, cells: [path, ...cells] }) => make("tr", [
      make("th", path, { scope: "row", className: "path", title: "SHA-256 " + sha }),
      ...cells.map((cell, at) => make("td", cell,
        { className: at >= counted - 1 ? "own" : at ? "num" : "" }))])));
    one("#evidence table").hidden = !listed.rows.length;
  }

  // all rows that fit, as a file for spreadsheets; what they would take for a formula is text
  function download() {
    const told = (cell) => '"' + cell.replace(/^(?!-?[\d.,]+%?$)[=+@\t\r-]/, "'$&").replaceAll('"', '""') + '"';
    const lines = [listed.heads, ...fitting().map(({ cells }) => cells)].map((row) => row.map(told).join(","));
    const file = new Blob(["\ufeff" + lines.join("\r\n")], { type: "text/csv" });
    const link = make("a", "", { href: URL.createObjectURL(file), download: listed.id + ".csv" });
    link.click();
    URL.revokeObjectURL(link.href);
  }

  // routes: #overview, #indicators, #g3 (a project), #I12 (a figure)
  const asked = () => decodeURIComponent(location.hash.slice(1)) || views[0].id;
  async function route(moved) {
    const place = asked();
    const figure = one(`td.cell a[href="#${CSS.escape(place)}"]`) && place;
    const view = figure ? one("#evidence") : views.find((each) => each.id === place) ?? views[0];
    const group = view.classList.contains("group") ? view.id : "";
    if (figure && globalThis.DecompressionStream) {
      const told = await figures();
      if (asked() !== place) return; // another was opened meanwhile
      show(figure, told);
    } else if (figure) old(figure);
    for (const each of views) each.hidden = each !== view && !(group && each.id === "indicators");
    document.body.dataset.scope = figure ? "figure" : group ? "group" : "all";
    const form = one('form[data-for="indicator-table"]');
    if (form && (group || form.elements.group.dataset.given)) {
      form.elements.group.value = group;
      form.elements.group.dataset.given = group;
      filter(form);
    }
    const part = figure || group ? "indicators" : view.id;
    for (const link of all("nav.site a[href^='#']"))
      link.ariaCurrent = link.hash === "#" + part ? "page" : null;
    const heading = one("h2", view);
    document.title = heading.textContent + " · " + one("h1").textContent;
    if (moved) {
      if (view === views[0]) scrollTo(0, 0);
      else view.scrollIntoView();
      heading.focus({ preventScroll: true });
    }
    document.body.dataset.place = place; // is shown now
  }

  for (const form of all("form.filter")) {
    form.addEventListener("input", () => filter(form));
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("reset", () => setTimeout(() => filter(form)));
  }
  document.addEventListener("click", (event) => {
    if (event.target.closest(".skip")) {
      event.preventDefault(); // a hash is a view here
      one(".view:not([hidden]) h2").focus();
    }
    if (event.target.closest("#csv")) download();
    if (event.target.closest("#every")) draw(Infinity);
    const button = event.target.closest("button");
    if (button?.closest("th")) sort(button);
  });
  addEventListener("hashchange", () => route(true));
  function speak() {
    all("form.filter").forEach(filter);
    route();
  }
  language.onChange(speak);
  speak();
})();
