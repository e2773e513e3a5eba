// Unified diffs with colours, folded by file. Reads the same trees as the terminal's review.
import { add, el, fold, plural } from "./dom.js";
import { read } from "./api.js";

const OPEN_LINES = 160; // a file with more is folded at first
const MOST_LINES = 3000;

// The files in a diff's text: {name, added, removed, lines}. Lines are counted, so that no content can pass for
// a heading.
export function parse(text) {
  const files = [];
  let file = null;
  let left = [0, 0]; // lines of the hunk that are still to come, on the old and the new side
  const start = (path) => files.push((file = { name: path, added: 0, removed: 0, lines: [], hunks: 0 }));
  for (const line of text.replace(/\n$/, "").split("\n")) {
    const sign = line[0] || " ";
    if ((left[0] > 0 || left[1] > 0) && " +-\\".includes(sign)) {
      const kind = sign === "+" ? "added" : sign === "-" ? "removed" : "same";
      if (kind !== "same") file[kind] += 1;
      if (sign === "-" || sign === " ") left[0] -= 1;
      if (sign === "+" || sign === " ") left[1] -= 1;
      file.lines.push([kind, line]);
      continue;
    }
    const hunk = /^@@ -\d+(?:,(\d+))? \+\d+(?:,(\d+))? @@/.exec(line);
    if (hunk) {
      if (!file) start("");
      left = [Number(hunk[1] ?? 1), Number(hunk[2] ?? 1)];
      file.hunks += 1;
      file.lines.push(["hunk", line]);
    } else if (line.startsWith("diff --git ")) {
      start(line.slice(11));
    } else if (line.startsWith("--- ")) {
      if (!file || file.hunks) start("");
      file.name = name(line, file.name);
    } else if (line.startsWith("+++ ")) {
      if (!file) start("");
      file.name = name(line, file.name);
    } else if (!line.startsWith("index ")) {
      if (!file) start("");
      const kind = !file.hunks && sign === "+" ? "added" : !file.hunks && sign === "-" ? "removed" : "note";
      file.lines.push([kind, line]);
    }
  }
  return files.filter((each) => each.lines.length);
}

function name(line, before) {
  const said = line.slice(4).replace(/\t.*$/, "");
  return said === "/dev/null" ? before : said.replace(/^[ab]\//, "");
}

export function diff(text) {
  const files = parse(text);
  return el("div.diff", files.map((file) => fold(heading(file.name, file.added, file.removed), () => lines(file.lines), { open: file.lines.length <= OPEN_LINES && files.length < 8 })));
}

const heading = (path, added, removed) => [
  el("span.path", path || "changes"),
  el("span.plus", ` +${added}`),
  el("span.minus", ` −${removed}`),
];

const TAGS = { added: "ins", removed: "del", same: "span", hunk: "span.hunk", note: "span.note" };

function lines(of) {
  const made = el("pre.lines", { tabindex: "0" });
  for (const [kind, line] of of.slice(0, MOST_LINES)) made.append(el(TAGS[kind], line || " "));
  if (of.length > MOST_LINES) made.append(el("span.note", `… ${of.length - MOST_LINES} more lines: review them in the terminal`));
  return made;
}

// A card's changes: the list of files, and each file's text when it is opened.
export async function changes(card) {
  const { value } = await read("diff", { card });
  const added = value.files.reduce((sum, file) => sum + (file.added || 0), 0);
  const removed = value.files.reduce((sum, file) => sum + (file.removed || 0), 0);
  const made = el("div.diff");
  if (!value.files.length) return add(made, [el("p.empty", `No file differs from ${value.base || "the base"}.`)]);
  add(made, [
    el("p.note", `${plural(value.files.length, "file")} against ${value.base}, ${plural(value.commits.length + value.more_commits, "commit")}`, el("span.plus", ` +${added}`), el("span.minus", ` −${removed}`)),
    value.notes.map((note) => el("p.note", note)),
    value.unmerged.length ? el("p.warning", `Conflict markers in ${value.unmerged.join(", ")}`) : null,
  ]);
  const few = value.files.length <= 3 && added + removed <= OPEN_LINES;
  for (const file of value.files) {
    const said = [heading(file.old_path ? `${file.old_path} → ${file.path}` : file.path, file.added ?? 0, file.removed ?? 0), el("span.note", ` ${file.status}${file.untracked ? ", untracked" : ""}`)];
    made.append(fold(said, (body) => {
      text(body, card, value, file);
      return el("p.note", "loading…");
    }, { open: few }));
  }
  return made;
}

async function text(body, card, of, file) {
  let found;
  try {
    const paths = file.old_path ? [file.old_path, file.path] : [file.path];
    const { value } = await read("diff.patch", { card, old_tree: of.old_tree, new_tree: of.new_tree, paths });
    const bytes = Uint8Array.from(atob(value.data), (c) => c.charCodeAt(0));
    const files = parse(new TextDecoder().decode(bytes));
    found = [files.map((each) => lines(each.lines)), files.length ? null : el("p.note", "No text to show."), value.cut ? el("p.warning", "Cut: review the rest in the terminal.") : null];
  } catch (error) {
    found = el("p.error", error.text || String(error));
  }
  body.replaceChildren();
  add(body, found);
}
