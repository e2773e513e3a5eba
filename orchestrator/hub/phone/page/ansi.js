// The text of a terminal as elements: colours and bold; every other sequence is left out.
import { el, safe } from "./dom.js";

const SEQUENCE = /\x1b\[([0-?]*)[ -/]*([@-~])|\x1b[\]P_^X][^\x07\x1b]*(?:\x07|\x1b\\|$)|\x1b[ -/]*[0-~]/g;

export function terminal(text) {
  const lines = text.replace(/\s+$/, "");
  const made = el("pre.terminal", { tabindex: "0", "aria-label": "Terminal" });
  let look = {};
  let from = 0;
  for (const found of lines.matchAll(SEQUENCE)) {
    write(made, lines.slice(from, found.index), look);
    from = found.index + found[0].length;
    if (found[2] === "m") look = styled(look, found[1]);
  }
  write(made, lines.slice(from), look);
  return made;
}

function write(parent, text, look) {
  if (!text) return;
  const plain = safe(text);
  if (!look.fg && !look.bold && !look.faint && !look.reverse) {
    parent.append(plain);
    return;
  }
  const span = document.createElement("span");
  span.textContent = plain;
  if (look.fg?.startsWith("#")) span.style.color = look.fg;
  else if (look.fg) span.classList.add(look.fg);
  if (look.bold) span.classList.add("b");
  if (look.faint) span.classList.add("f");
  if (look.reverse) span.classList.add("r");
  parent.append(span);
}

function styled(before, codes) {
  let look = { ...before };
  const list = codes.split(/[;:]/).map((code) => Number(code || 0));
  for (let i = 0; i < list.length; i++) {
    const code = list[i];
    if (code === 0) look = {};
    else if (code === 1) look.bold = true;
    else if (code === 2) look.faint = true;
    else if (code === 7) look.reverse = true;
    else if (code === 22) look.bold = look.faint = false;
    else if (code === 27) look.reverse = false;
    else if (code >= 30 && code <= 37) look.fg = `c${code - 30}`;
    else if (code >= 90 && code <= 97) look.fg = `c${code - 82}`;
    else if (code === 39) look.fg = null;
    else if (code === 38 || code === 48) {
      const colour = list[i + 1] === 5 ? indexed(list[i + 2]) : list[i + 1] === 2 ? rgb(list.slice(i + 2, i + 5)) : null;
      i += list[i + 1] === 5 ? 2 : 4;
      if (code === 38) look.fg = colour;
    }
  }
  return look;
}

const rgb = (parts) => `#${parts.map((n) => Math.min(255, n || 0).toString(16).padStart(2, "0")).join("")}`;

function indexed(n) {
  if (n < 16) return `c${n}`;
  if (n >= 232) return rgb(Array(3).fill((n - 232) * 10 + 8));
  const level = (k) => (k ? k * 40 + 55 : 0);
  return rgb([level(Math.floor((n - 16) / 36)), level(Math.floor((n - 16) / 6) % 6), level((n - 16) % 6)]);
}
