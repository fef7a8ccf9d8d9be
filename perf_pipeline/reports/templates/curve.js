// A project's plan and payments to look into, day by day: drawn by uPlot where the page's own drawing
// stands, which stays for paper. Shares are whole basis points, as everywhere.
(() => {
  const { curves } = JSON.parse(document.getElementById("data").textContent);
  const say = language.say;
  const PLAN = "#7a8694", ACTUAL = "#1f4e8c", BAND = "#cfdff0", INK = "#66727f", RULE = "#dfe3e8";
  const SECONDS = 86400, HEIGHT = 230;
  const share = (bp) => (bp / 100).toFixed(2) + "%";
  const yuan = (fen) => (fen / 100).toLocaleString("en", { minimumFractionDigits: 2 });
  const dayOf = (day) => new Date(day * SECONDS * 1e3).toISOString().slice(0, 10);

  // one place a day, so that a day is what the pointer meets
  function table({ from, now, end, plan, paid, ahead }) {
    const days = Array.from({ length: end - from + 1 }, (_, nth) => from + nth);
    const steps = (points) => {
      let at = -1;
      return days.map((day) => {
        while (at + 1 < points.length && points[at + 1][0] <= day) at += 1;
        return points[at] ?? [from, 0, 0];
      });
    };
    const spent = paid && steps(paid);
    const since = (nth) => ahead && paid && days[nth] >= now ? (days[nth] - now) / (end - now) : null;
    const towards = (which) => days.map((_, nth) => {
      const along = since(nth), start = spent?.[now - from][1];
      return along === null || ahead[which] === null ? null : start + along * (ahead[which] - start);
    });
    return {
      days, spent,
      plan: plan.length ? steps(plan).map(([, bp]) => bp) : days.map(() => null),
      actual: days.map((day, nth) => (spent && day <= now ? spent[nth][1] : null)),
      low: towards(0), point: towards(1), high: towards(2),
    };
  }

  function said(curve, told, nth) {
    const day = told.days[nth];
    const parts = [dayOf(day)];
    if (told.plan[nth] !== null) parts.push(say("计划 {0}", share(told.plan[nth])));
    if (told.actual[nth] !== null) {
      const last = told.spent[nth] === told.spent[curve.now - curve.from];
      parts.push(say("实际 {0}", last ? curve.told : share(told.actual[nth])));
      parts.push(say("累计支付{0}元", yuan(told.spent[nth][2])));
    } else if (day === curve.end && told.point[nth] !== null) {
      parts.push(say("预计 {0}", share(told.point[nth])));
      if (told.low[nth] !== null) parts.push(`${share(told.low[nth])} – ${share(told.high[nth])}`);
    }
    return parts.join("　");
  }

  function draw(figure, curve) {
    const told = table(curve);
    const at = Object.assign(document.createElement("div"), { className: "drawn", tabIndex: 0 });
    const words = Object.assign(document.createElement("p"), { className: "readout" });
    figure.querySelector(".drawn")?.remove();
    figure.querySelector(".readout")?.remove();
    figure.append(at, words);
    const month = new Intl.DateTimeFormat(document.documentElement.lang, { month: "short", timeZone: "UTC" });
    const font = "12px " + getComputedStyle(figure).fontFamily;
    const firsts = told.days.filter((day) => dayOf(day).endsWith("-01"));
    const months = () => firsts.filter((_, nth) => at.clientWidth > 440 || nth % 3 === 0).map((day) => day * SECONDS);
    const line = (stroke, width, dash) => ({ stroke, width, dash, points: { show: false } });
    const stepped = { paths: uPlot.paths.stepped({ align: 1 }) };
    const tops = [told.plan, told.actual, told.high, told.point].flat().filter((each) => each !== null);
    const axis = { font, stroke: INK, grid: { stroke: RULE, width: 1 }, ticks: { show: false } };
    const chart = new uPlot({
      width: at.clientWidth, height: HEIGHT, legend: { show: false },
      cursor: { y: false, drag: { setScale: false, x: false, y: false } },
      scales: { y: { range: [0, Math.max(10500, ...tops.map((each) => each * 1.06))] } },
      axes: [
        { ...axis, size: 28, grid: { show: false }, splits: () => months(),
          values: (_, all) => all.map((each) => month.format(each * 1e3)) },
        { ...axis, size: 46, values: (_, all) => all.map((each) => each / 100 + "%") },
      ],
      bands: [{ series: [2, 1], fill: BAND }],
      series: [{}, line(BAND, 1), line(BAND, 1), line(ACTUAL, 1.4, [2, 3]),
        { ...line(PLAN, 1.6, [6, 3]), ...stepped }, { ...line(ACTUAL, 2.4), ...stepped }],
      hooks: { setCursor: [(each) => show(each.cursor.idx ?? curve.now - curve.from)] },
    }, [told.days.map((day) => day * SECONDS), told.low, told.high, told.point, told.plan, told.actual], at);
    figure.classList.add("live"); // the page's own drawing stays where none could be made
    let shown = curve.now - curve.from;
    function show(nth) {
      shown = nth;
      words.textContent = said(curve, told, nth);
      at.ariaValueNow = String(nth);
      at.ariaValueText = words.textContent;
    }
    Object.assign(at, { role: "slider", ariaLabel: say("日期"), ariaValueMin: "0", ariaValueMax: String(told.days.length - 1) });
    show(shown);
    const moves = { ArrowLeft: -1, ArrowRight: 1, PageDown: -30, PageUp: 30, Home: -400, End: 400 };
    at.addEventListener("keydown", (event) => {
      if (!(event.key in moves)) return;
      event.preventDefault();
      const nth = Math.min(Math.max(shown + moves[event.key], 0), told.days.length - 1);
      chart.setCursor({ left: chart.valToPos(told.days[nth] * SECONDS, "x"), top: 0 });
    });
    new ResizeObserver(() => at.clientWidth && chart.setSize({ width: at.clientWidth, height: HEIGHT })).observe(at);
  }

  // drawn when it comes into sight, and anew in another language
  const drawn = new Set();
  const sight = new IntersectionObserver((seen) => {
    for (const { target, isIntersecting } of seen) if (isIntersecting && !drawn.has(target)) {
      drawn.add(target);
      draw(target, curves[target.dataset.curve]);
    }
  });
  for (const figure of document.querySelectorAll("figure[data-curve]")) sight.observe(figure);
  language.onChange(() => drawn.forEach((figure) => draw(figure, curves[figure.dataset.curve])));
})();
