// Elements from data. Text only ever becomes text: nothing here parses markup, and characters that hide or
// reorder other text are shown by their codes.

const HIDDEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b\u200c\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]/g;

export const safe = (text) =>
  String(text ?? "").replace(/\r\n/g, "\n")
    .replace(HIDDEN, (c) => `<U+${c.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}>`);

// el("p.note", {on: {click}}, "text", other) ; attributes that are false, null or undefined are left out.
export function el(what, props, ...children) {
  const [tag, ...classes] = what.split(".");
  const made = document.createElement(tag);
  if (classes.length) made.className = classes.join(" ");
  if (props instanceof Node || typeof props !== "object" || props === null || Array.isArray(props)) {
    if (props !== undefined && props !== null) children.unshift(props);
    props = {};
  }
  for (const [name, value] of Object.entries(props)) {
    if (value === false || value === null || value === undefined) continue;
    if (name === "on") for (const [event, call] of Object.entries(value)) made.addEventListener(event, call);
    else if (name === "value") made.value = value;
    else made.setAttribute(name, value === true ? "" : safe(value));
  }
  add(made, children);
  return made;
}

export function add(parent, children) {
  for (const child of [children].flat(Infinity)) {
    if (child === null || child === undefined || child === false || child === "") continue;
    parent.append(child instanceof Node ? child : safe(child));
  }
  return parent;
}

export const fill = (parent, ...children) => {
  parent.replaceChildren();
  return add(parent, children);
};

export function ago(seconds) {
  const s = Math.max(0, Math.round(seconds));
  if (s < 60) return `${s} s`;
  if (s < 3600) return `${Math.floor(s / 60)} min`;
  if (s < 86400) return `${Math.floor(s / 3600)} h ${Math.floor((s % 3600) / 60)} min`;
  return `${Math.floor(s / 86400)} d ${Math.floor((s % 86400) / 3600)} h`;
}

// An age that grows with the clock.
export const since = (at, before = "", after = "") => {
  const made = el("time.age", { "data-at": at, "data-before": before, "data-after": after });
  tick(made);
  return made;
};

function tick(age) {
  const { at, before, after } = age.dataset;
  const text = `${before}${ago(Date.now() / 1000 - Number(at))}${after}`;
  if (age.textContent !== text) age.textContent = text;
}

setInterval(() => document.querySelectorAll("time.age").forEach(tick), 5000);

export const plural = (n, noun) => `${n} ${noun}${n === 1 ? "" : "s"}`;
export const money = (usd) => (usd >= 0.005 ? `$${usd.toFixed(2)}` : "");

export function toast(text, bad = false) {
  const made = el(bad ? "p.toast.bad" : "p.toast", text);
  const box = document.getElementById("toasts");
  box.append(made);
  while (box.children.length > 3) box.firstChild.remove();
  setTimeout(() => made.remove(), bad ? 9000 : 5000);
}

// A section that makes its content when it is first opened.
export function fold(title, make, { open = false, name = "" } = {}) {
  const body = el("div.fold-body");
  const made = el("details.fold", { "data-fold": name || false }, el("summary", title), body);
  let done = false;
  const opened = () => {
    if (made.open && !done) {
      done = true;
      add(body, make(body));
    }
  };
  made.addEventListener("toggle", opened);
  if (open) {
    made.open = true;
    opened();
  }
  return made;
}
