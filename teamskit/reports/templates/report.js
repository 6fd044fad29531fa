"use strict";
(() => {
  const table = document.getElementById("table");
  if (!table) return;
  const body = table.tBodies[0];
  const rows = [...body.rows];
  const find = document.getElementById("find");
  const pick = document.getElementById("pick");
  const shown = document.getElementById("shown");
  const plain = (words) => words.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  const months = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];
  const long = (day) => {
    const [year, month, date] = day.split("-").map(Number);
    return `${day} ${date} ${months[month - 1]} ${year}`;
  };
  const text = rows.map((row) => plain(`${row.textContent} ${long(row.dataset.d)}`));
  const cell = (row, n) => row.cells[n].textContent.trim();
  const picks = {
    f: (row) => cell(row, 9) !== "0",
    r: (row) => cell(row, 8) === "no",
    o: (row) => Number(cell(row, 7)) > 0,
  };
  const filter = () => {
    const words = plain(find.value).split(/\s+/).filter(Boolean);
    const fits = picks[pick.value] || (() => true);
    let number = 0;
    rows.forEach((row, n) => {
      row.hidden = !(words.every((word) => text[n].includes(word)) && fits(row));
      if (!row.hidden) number += 1;
    });
    const say = (n) => n.toLocaleString("en-GB");
    shown.textContent = `${say(number)} of ${say(rows.length)} calls`;
  };
  const order = new Map(rows.map((row, n) => [row, n]));
  const compare = new Intl.Collator("en-GB", { numeric: true }).compare;
  const sort = (heading, column) => {
    const down = heading.getAttribute("aria-sort") === "ascending";
    for (const other of table.tHead.rows[0].cells) {
      other.removeAttribute("aria-sort");
      other.querySelector("span").textContent = "";
    }
    heading.setAttribute("aria-sort", down ? "descending" : "ascending");
    heading.querySelector("span").textContent = down ? " \u25BC" : " \u25B2";
    const sign = down ? -1 : 1;
    const by = (a, b) => (column ? compare(cell(a, column), cell(b, column)) : 0) || order.get(a) - order.get(b);
    body.append(...[...rows].sort((a, b) => sign * by(a, b)));
  };
  [...table.tHead.rows[0].cells].forEach((heading, column) => {
    const button = document.createElement("button");
    const arrow = document.createElement("span");
    button.type = "button";
    arrow.setAttribute("aria-hidden", "true");
    button.append(heading.textContent, arrow);
    button.addEventListener("click", () => sort(heading, column));
    heading.replaceChildren(button);
  });
  find.addEventListener("input", filter);
  pick.addEventListener("change", filter);
  document.getElementById("filters").hidden = false;
  filter();
  const open = () => {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (target && target.tagName === "DETAILS") target.open = true;
  };
  addEventListener("hashchange", open);
  open();
})();
