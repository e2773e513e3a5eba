// The board as lists, a card, runs with their stages, and this device.
import * as push from "./push.js";
import { act, leave, read } from "./api.js";
import { terminal } from "./ansi.js";
import { changes } from "./diff.js";
import { add, ago, el, fill, fold, money, plural, since, toast } from "./dom.js";
import { button, loaded, needList, withHint, withWords } from "./needs.js";
import { can, onChange, state } from "./state.js";

const COLUMNS = { blocked: "Blocked", review: "Review", in_progress: "In progress", backlog: "Backlog", done: "Done" };
const TAIL_EVERY = 2000;
const LISTED = 30;

const words = (text) => String(text).replaceAll("_", " ");

// --- needs -----------------------------------------------------------------------------------------

export function needsView(main) {
  const heading = el("h1", { tabindex: "-1" }, "Needs you");
  const list = needList(() => true, () => el("p.empty", state.at ? "Nothing needs you." : "Nothing is known yet."));
  add(main, [heading, list.root]);
  return list.off;
}

// --- board -----------------------------------------------------------------------------------------

export function boardView(main) {
  const body = el("div");
  add(main, [el("h1", { tabindex: "-1" }, "Board"), body]);
  const open = new Map();
  const draw = () => {
    const cards = [...state.cards.values()];
    fill(body, Object.entries(COLUMNS).map(([column, title]) => {
      const own = cards.filter((card) => card.column === column).sort(order);
      if (!own.length) return null;
      const made = el("details.column", { open: open.get(column) ?? column !== "done" }, el("summary", el("h2", title, el("span.count", ` ${own.length}`))), el("ul.cards", own.slice(0, open.has(`all.${column}`) ? own.length : LISTED).map(row)));
      if (own.length > LISTED && !open.has(`all.${column}`)) made.append(el("button", { type: "button", on: { click: () => { open.set(`all.${column}`, true); draw(); } } }, `Show all ${own.length}`));
      made.addEventListener("toggle", () => open.set(column, made.open));
      return made;
    }), cards.length ? null : el("p.empty", "No cards."));
  };
  draw();
  return onChange(({ kind }) => ["card", "board"].includes(kind) && draw());
}

const order = (a, b) => b.pinned - a.pinned || (a.attention || 9) - (b.attention || 9) || a.since - b.since;

const row = (card) => el("li", el("a.card", { href: `#/card/${card.id}` },
  el("span.line", el(`span.dot.${card.state}`, { "aria-hidden": "true" }), el("b", card.title), card.pinned ? " ★" : null),
  el("span.line.small", el("span", words(card.state)), since(card.since), el("span.id", card.id)),
  card.reason && card.reason !== card.state ? el("span.reason", card.reason) : null,
  marks(card)));

const marks = (card) => {
  const said = [card.unread_mail ? `${plural(card.unread_mail, "message")}` : "", card.issue ? `#${card.issue.number}` : "", card.change ? `change #${card.change.number}${card.change.failed ? " ✗" : ""}` : "", card.conflicts ? plural(card.conflicts, "conflict") : "", card.run ? `${card.run} · ${card.stage}` : "", ...card.labels].filter(Boolean);
  return said.length ? el("span.marks", said.map((each) => el("span.chip", each))) : null;
};

// --- a card ----------------------------------------------------------------------------------------

export function cardView(main, id) {
  const heading = el("h1", { tabindex: "-1" });
  const facts = el("div");
  const acts = el("div.acts");
  const said = el("div.said", { role: "status" });
  const more = el("div");
  const waits = needList((need) => need.card === id, null);
  waits.root.classList.add("on-card");
  add(main, [heading, facts, waits.root, el("section", { "aria-label": "Last words" }, more), el("section", { "aria-label": "Actions" }, said, acts)]);
  let seen = "";
  let turn = 0;
  let due = 0;

  const tail = fold("Terminal", (body) => {
    tailing(body, id, () => tail.open && tail.isConnected);
    return el("p.note", "loading…");
  });
  const details = el("div");
  add(main, [tail,
    fold("Changes", (body) => loaded(body, changes(id)), { name: "diff" }),
    fold("Mail", (body) => loaded(body, mail(id))),
    fold("Details", () => details)]);

  async function load() {
    const now = ++turn;
    try {
      const found = await read("show", { card: id });
      if (now !== turn) return;
      seen = found.seen;
      drawDetail(found.value);
    } catch (error) {
      if (now === turn && error.status && error.status !== 401) fill(said, el("p.error", { role: "alert" }, error.text));
    }
    allow();
  }

  function draw() {
    const card = state.cards.get(id);
    if (!card) {
      fill(heading, `No card ${id}.`);
      return;
    }
    if (heading.textContent !== card.title) fill(heading, card.title);
    fill(facts, el("p.state", el(`span.dot.${card.state}`, { "aria-hidden": "true" }), el("b", words(card.state)), " ", since(card.since, "for "), card.unknown_since ? el("span.warning", " unknown now") : null),
      card.reason ? el("p", card.reason) : null, card.held !== null ? el("p.warning", `On hold${card.held ? `: ${card.held}` : ""}`) : null,
      el("p.where", `${card.id} · ${words(card.column)} · ${card.branch}`, card.run ? [" · ", el("a", { href: `#/run/${card.run}` }, `${card.run} ${card.stage}`)] : null),
      forge(card));
    const told = state.needs.some((need) => need.card === id && ["asks", "review"].includes(need.kind)); // with its last words
    fill(more, card.last_words && !told ? [el("h2", "Last words"), el("div.prose", card.last_words)] : null, card.output ? el("pre.whole", card.output) : null);
  }

  // An open form stays as it is until it is done.
  function drawActs(fresh = false) {
    const card = state.cards.get(id);
    if (!card) return;
    if (!fresh && acts.querySelector("details[open]")) return allow();
    fill(acts,
      withWords("Send prompt", "prompts", { field: "Prompt", required: true, look: "good", hint: "It is typed as soon as the session is idle.", send: (text) => send("send", { card: id, text, queue: true }, "Sending", "Sent.") }),
      card.held === null
        ? withWords("Hold", "prompts", { field: "Note", send: (note) => send("hold", { card: id, note }, "Holding", "On hold.") })
        : button("Release", "prompts", () => send("release", { card: id }, "Releasing", "Released.")),
      card.pid ? withHint("Stop", "prompts", { look: "bad", hint: "Ends the session; card, worktree and conversation stay.", send: () => send("stop", { card: id }, "Stopping", "Stopping.") }) : null);
    allow();
  }

  function allow() {
    acts.querySelectorAll("button[data-scope]").forEach((each) => (each.disabled = !can(each.dataset.scope) || !seen));
  }

  async function send(verb, request, doing, done) {
    fill(said, el("p.done", `${doing}…`));
    acts.querySelectorAll("button").forEach((each) => (each.disabled = true));
    try {
      const card = await act(verb, request, seen);
      acts.querySelectorAll("textarea").forEach((each) => (each.value = ""));
      const told = `${done} ${card.id} is ${words(card.state)}.`;
      fill(said, el("p.done", told));
      toast(told);
      drawActs(true);
    } catch (error) {
      fill(said, el("p.error", { role: "alert" }, error.text, error.hint ? ` ${error.hint}` : ""));
    }
    load();
  }

  function drawDetail(detail) {
    const card = detail.card;
    const fact = (name, value) => (value ? [el("dt", name), el("dd", value)] : null);
    fill(details, el("dl", fact("repository", card.repo), fact("base", card.base), fact("worktree", card.worktree), fact("model", card.model), fact("permissions", card.permission_mode), fact("context", card.context_percent === null ? "" : `${Math.round(card.context_percent)} %`), fact("cost", money(card.cost_usd)), fact("labels", card.labels.join(", "))),
      detail.prompt ? [el("h3", "Prompt"), el("div.prose", detail.prompt)] : null,
      detail.failure ? [el("h3", "Failure"), el("pre.whole", [detail.failure.what, detail.failure.why, detail.failure.output].filter(Boolean).join("\n"))] : null,
      detail.outbox.length ? [el("h3", "Pending prompts"), el("ul", detail.outbox.map((each) => el("li", `${each.state}: ${each.text}`)))] : null,
      el("h3", "History"), el("ul.history", [...detail.history].reverse().slice(0, 60).map((each) => el("li", since(each.at, "", " ago"), ` ${each.said}`))));
  }

  draw();
  drawActs();
  load();
  const off = onChange((change) => {
    if ((change.kind === "card" && change.id === id) || change.kind === "board") {
      draw();
      drawActs();
      clearTimeout(due);
      due = setTimeout(load, 200);
    }
    if (change.kind === "needs") draw();
    if (change.kind === "live" || change.kind === "device") allow();
  });
  return () => {
    turn += 1;
    clearTimeout(due);
    off();
    waits.off();
  };
}

function forge(card) {
  const { issue, change } = card;
  const link = (url, text) => (/^https:\/\//.test(url || "") ? el("a", { href: url, rel: "noreferrer noopener", target: "_blank" }, text) : text);
  const asked = (of) => [" ", since(of.as_of, "as of ", " ago"), of.stale ? el("span.warning", ` ${of.stale}`) : null];
  return [
    issue ? el("p.where", "Issue ", link(issue.url, `#${issue.number} ${issue.title}`), ` ${issue.gone || issue.state}`, asked(issue)) : null,
    change ? el("p.where", "Change request ", link(change.url, `#${change.number} ${change.title}`), ` ${change.draft ? "draft" : change.state}`, asked(change)) : null,
    change?.checks && change.total ? el(change.failed ? "p.bad" : "p.where", change.failed ? `${plural(change.failed, "check")} failed: ${change.failing.join(", ")}` : `Checks ${words(change.checks)}: ${change.total - change.running} of ${change.total} done`) : null,
    change?.obstacles.length ? el("p.where", `Not ready: ${change.obstacles.join("; ")}`) : null,
  ];
}

async function tailing(body, id, wanted) {
  let last = "";
  while (wanted()) {
    if (document.visibilityState === "visible" && state.live) {
      try {
        const { value } = await read("preview", { card: id });
        if (value.text !== last) {
          last = value.text;
          const made = terminal(value.text);
          const before = body.querySelector("pre");
          const x = before?.scrollLeft || 0;
          fill(body, made, el("p.note", "as of ", since(value.at, "", " ago")));
          made.scrollTop = made.scrollHeight;
          made.scrollLeft = x;
        } else {
          const age = body.querySelector("time.age");
          if (age) age.dataset.at = value.at;
        }
      } catch (error) {
        if (error.status) {
          fill(body, el("p.note", error.text));
          return;
        }
      }
    }
    await new Promise((go) => setTimeout(go, TAIL_EVERY));
  }
}

async function mail(id) {
  const card = state.cards.get(id);
  const { value } = await read("mail.messages", { box: card?.slug ?? id, limit: 30 });
  if (!value.length) return el("p.empty", "No mail.");
  return value.map((each) => fold([el("b", each.subject || each.kind), el("small", ` ${each.sender} → ${each.to.join(", ")} `), since(each.at, "", " ago")], () => el("div.prose", each.body)));
}

// --- runs ------------------------------------------------------------------------------------------

export function runsView(main) {
  const body = el("div");
  add(main, [el("h1", { tabindex: "-1" }, "Runs"), body]);
  const draw = () => fill(body, state.runs.size ? el("ul.cards", [...state.runs.values()].slice(0, 60).map((run) => el("li", el("a.card", { href: `#/run/${run.id}` },
    el("span.line", el(`span.dot.${run.state}`, { "aria-hidden": "true" }), el("b", run.name), el("span.id", run.id)),
    el("span.line.small", el("span", words(run.state)), since(run.started_at, "started ", " ago"), el("span", `${run.stages.filter((each) => each.state === "done").length} of ${run.stages.length} stages`)),
    run.reason ? el("span.reason", run.reason) : null)))) : el("p.empty", "No runs."));
  draw();
  return onChange(({ kind }) => ["run", "board"].includes(kind) && draw());
}

const GLYPHS = { done: "✓", failed: "✗", denied: "×", skipped: "–", running: "▶", blocked: "◆", "gate-blocked": "◇", waiting: "○" };

export function runView(main, id) {
  const heading = el("h1", { tabindex: "-1" }, id);
  const body = el("div");
  const waits = needList((need) => need.run === id, null);
  add(main, [heading, waits.root, body]);
  const draw = () => {
    const run = state.runs.get(id);
    if (!run) return fill(body, el("p.empty", `No run ${id}.`));
    fill(heading, run.name);
    return fill(body,
      el("p.state", el(`span.dot.${run.state}`, { "aria-hidden": "true" }), el("b", words(run.state)), " ", since(run.started_at, "started ", " ago"), money(run.cost_usd) ? ` · ${money(run.cost_usd)}` : null),
      run.reason ? el("p", run.reason) : null,
      el("h2", "Stages"),
      el("ol.stages", run.stages.map((stage) => el("li",
        el("span.line", el(`span.glyph.${stage.state}`, { "aria-hidden": "true" }, GLYPHS[stage.state] || "○"), el("b", stage.name), el("span", words(stage.state)), stage.attempt > 1 ? el("span", `attempt ${stage.attempt}`) : null, stage.began_at ? el("span.age", ago((stage.ended_at ?? Date.now() / 1000) - stage.began_at)) : null),
        stage.waits ? el("span.reason", stage.waits) : null,
        stage.card && state.cards.has(stage.card) ? el("a", { href: `#/card/${stage.card}` }, stage.card) : null,
        stage.summary ? fold("Report", () => el("div.prose", stage.summary)) : null))));
  };
  draw();
  const off = onChange((change) => ((change.kind === "run" && change.id === id) || change.kind === "board") && draw());
  return () => {
    off();
    waits.off();
  };
}

// --- this device -----------------------------------------------------------------------------------

const SCOPES = { look: "see everything", answer: "answer requests", gates: "decide gates and stages", prompts: "send prompts and mail, stop and hold sessions" };

async function drawNotifications(place) {
  if (!push.possible()) return void fill(place, el("p.note", "This browser can be notified only over https."));
  const on = await push.isOn();
  const click = async () => {
    try {
      await (on ? push.turnOff() : push.turnOn());
      toast(on ? "This phone is no longer notified." : "This phone is notified while you are away from the board.");
    } catch (error) {
      toast(error.text || error.message, true);
    }
    drawNotifications(place);
  };
  fill(place, el("button", { type: "button", on: { click } }, on ? "Stop notifications" : "Notify this phone"));
  return undefined;
}

export function deviceView(main, ended) {
  const body = el("div"), notifications = el("div.acts");
  add(main, [el("h1", { tabindex: "-1" }, "This phone"), body]);
  drawNotifications(notifications);
  const draw = () => {
    const device = state.device;
    if (!device) return fill(body, el("p.empty", "Not connected."));
    return fill(body,
      el("dl", el("dt", "name"), el("dd", device.name), el("dt", "may"), el("dd", el("ul", device.scopes.map((scope) => el("li", SCOPES[scope] || scope)))), el("dt", "acts as"), el("dd", device.user)),
      notifications,
      state.hub ? el("p.note", `orch ${state.hub.version}, ${plural(state.hub.sessions, "session")} running`) : null,
      el("div.acts", el("details.words", el("summary.button.bad", "Unpair…"), el("p.note", "This phone then sees and does nothing until it is paired again."), el("button.bad", { type: "button", on: { click: async () => { try { await leave(); } catch (error) { if (error.status !== 401) { toast(error.text, true); return; } } ended(); } } }, "Unpair"))));
  };
  draw();
  return onChange(({ kind }) => ["device", "board", "live"].includes(kind) && draw());
}
