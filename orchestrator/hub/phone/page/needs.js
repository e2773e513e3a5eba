// What needs a person: each item whole, with its answers.
import { act, read } from "./api.js";
import { changes, diff } from "./diff.js";
import { add, ago, el, fill, fold, money, plural, safe, since, toast } from "./dom.js";
import { can, onChange, state } from "./state.js";

const KINDS = {
  permission: "Permission", question: "Question", plan: "Plan", gate: "Gate", dialog: "Dialog", card: "New card",
  pause: "Mail paused", run: "Run failed", stage: "Stage blocked", error: "Error", exited: "Session ended",
  lost: "Session lost", cut_off: "Turn cut off", prompt: "Prompt not confirmed", stalled: "Stalled",
  rate_limited: "Rate limit", mail: "Message", asks: "Asks", review: "Finished", run_done: "Run done",
};
const URGENT = ["", "now", "now", "soon", "soon", "later"];
const GUARD = 700; // milliseconds in which a tap on something that has just changed does nothing

export const kindOf = (need) => KINDS[need.kind] || need.kind;

// A list of items that follows the hub; `which` chooses needs. Items keep what was typed into them.
export function needList(which, empty) {
  const items = new Map();
  const list = el("div.needs");
  const refresh = () => {
    const wanted = state.needs.filter(which);
    for (const [id, item] of items) {
      if (!wanted.some((need) => need.id === id)) {
        item.gone();
        items.delete(id);
      }
    }
    for (const need of wanted) {
      if (items.has(need.id)) items.get(need.id).update(need);
      else items.set(need.id, needItem(need));
    }
    const order = wanted.map((need) => items.get(need.id).root);
    if (!order.length && empty) order.push(empty());
    const now = [...list.children].filter((each) => !each.classList.contains("leaving"));
    if (now.length !== order.length || now.some((each, at) => each !== order[at])) {
      const focused = document.activeElement;
      list.replaceChildren(...order);
      if (list.contains(focused)) focused.focus({ preventScroll: true });
    }
  };
  refresh();
  const off = onChange(({ kind }) => {
    if (kind === "needs" || kind === "board") refresh();
    if (kind === "live" || kind === "device" || kind === "board") items.forEach((item) => item.allow());
  });
  return { root: list, off, refresh };
}

function needItem(first) {
  let need = first;
  let detail = null;
  let message = null;
  let seen = "";
  let changedAt = 0;
  let key = JSON.stringify(first);
  let asked = 0;
  let loading = 0;
  const head = el("header.need-head");
  const body = el("div.need-body");
  const said = el("div.said", { role: "status" });
  const acts = el("div.acts");
  const root = el("article.need", { "data-need": need.id, "aria-label": `${kindOf(need)}: ${need.title}` }, head, body, said, acts);

  const say = (text, bad = false) => fill(said, text ? el(bad ? "p.error" : "p.done", bad ? { role: "alert" } : {}, text) : null);

  function drawHead() {
    const card = state.cards.get(need.card);
    root.className = `need ${URGENT[need.urgency] || "later"}`;
    fill(head,
      el("p.kind", el("span.chip", kindOf(need)), need.run ? el("a", { href: `#/run/${need.run}` }, `${need.run} · ${need.stage}`) : null, since(need.since, "for ")),
      el("h2", need.card && card ? el("a", { href: `#/card/${need.card}` }, need.title) : need.title),
      card ? el("p.where", `${card.id} · ${card.branch}`) : null,
      need.lifts_at ? el("p.where", need.lifts_at > Date.now() / 1000 ? `resets in ${ago(need.lifts_at - Date.now() / 1000)}` : "reset is overdue") : null);
  }

  async function load() {
    const turn = ++asked;
    loading += 1;
    try {
      const found = await read("queue.show", { need: need.id });
      const letter = need.kind === "mail" ? (await read("mail.show", { message: need.id })).value : null;
      if (turn !== asked) return;
      if (seen === found.seen) return allow();
      if (seen) {
        changedAt = Date.now();
        say("It has changed.");
      }
      [detail, message, seen] = [found.value, letter, found.seen];
      draw();
    } catch (error) {
      if (turn === asked && error.status && error.status !== 401) fill(body, el("p.error", error.text));
    } finally {
      loading -= 1;
    }
  }

  function draw() {
    fill(body, content(need, detail, message));
    drawActs();
  }

  function drawActs() {
    const typed = [...acts.querySelectorAll("textarea,input[type=text]")].map((each) => [each.name, each.value]);
    const open = [...acts.querySelectorAll("details[open] > summary")].map((each) => each.textContent);
    fill(acts, detail ? answers(need, detail, message, { send, say }) : null);
    for (const [name, value] of typed) {
      const field = acts.querySelector(`[name="${name}"]`);
      if (field && value) field.value = value;
    }
    for (const summary of acts.querySelectorAll("details > summary")) {
      if (open.includes(summary.textContent)) summary.parentElement.open = true;
    }
    allow();
  }

  // Acts are for a live page alone.
  function allow() {
    for (const button of root.querySelectorAll("button[data-scope]")) {
      const may = can(button.dataset.scope);
      button.disabled = !may;
      button.title = may ? "" : state.live ? "This phone may not do this." : "Offline.";
    }
  }

  async function send(verb, request, doing, done) {
    if (Date.now() - changedAt < GUARD) return say("It has just changed: look again, then tap.", true);
    const buttons = [...root.querySelectorAll("button")];
    buttons.forEach((each) => (each.disabled = true));
    root.setAttribute("aria-busy", "true");
    say(`${doing}…`);
    try {
      const answer = await act(verb, request, seen);
      root.dataset.done = "true";
      const told = typeof done === "function" ? done(answer) : done;
      say(told);
      toast(told);
      setTimeout(load, 1500); // usually it is gone by then
      return true;
    } catch (error) {
      say([error.text, error.hint ? ` ${error.hint}` : ""].join(""), true);
      buttons.forEach((each) => (each.disabled = false));
      allow();
      if (error.status === 409 || error.status === 404) load();
      return false;
    } finally {
      root.removeAttribute("aria-busy");
    }
  }

  drawHead();
  fill(body, el("p.summary", need.summary), state.live ? el("p.note", "loading…") : null);
  load();

  return {
    root,
    allow() {
      if (detail) allow();
      else if (!loading) load();
    },
    gone: () => {
      asked += 1;
    },
    update(next) {
      const now = JSON.stringify(next);
      if (now === key) return;
      need = next;
      key = now;
      drawHead();
      load();
    },
  };
}

// --- what is decided about -------------------------------------------------------------------------

function content(need, detail, message) {
  const parts = [];
  if (need.unusual) parts.push(el("p.warning", `It has ${need.unusual}.`));
  if (detail.gate) return [...parts, gate(detail.gate)];
  if (message) return [...parts, letter(message)];
  if (!detail.questions.length) {
    const tool = need.summary.split(" ")[0].replace(/:$/, "");
    const whole = detail.detail && detail.detail !== need.summary;
    parts.push(el("p.summary", need.kind === "permission" && whole ? tool : need.summary));
    if (detail.diff) parts.push(diff(detail.detail));
    else if (whole) parts.push(el(need.kind === "plan" ? "div.prose" : "pre.whole", detail.detail));
  }
  // a request's hint is said by its answers; that of a run names the verb for what a button does here
  if (need.hint && !["permission", "question", "plan", "dialog", "run", "run_done"].includes(need.kind)) parts.push(el("p.hint", need.hint));
  return parts;
}

function letter(message) {
  return el("div.letter",
    el("p.where", `from ${message.sender}${message.authority === "unproven" ? " (unproven)" : ""} · ${message.kind}`, " · ", since(message.at, "", " ago")),
    message.subject ? el("p.summary", message.subject) : null,
    el("div.prose", message.body),
    message.refs.length ? el("p.note", plural(message.refs.length, "reference")) : null);
}

function gate(of) {
  const { tests, summaries, diffs, cost_usd: cost } = of.evidence;
  const begins = of.next.length ? `starts ${of.next.join(", ")}` : "continues the run";
  const run = state.runs.get(of.run);
  return el("div.gate",
    el("div.prose.strong", of.message),
    el("p.note", `Approve ${begins}${of.quorum > 1 ? `, once ${of.quorum} people have (${of.approved_by.length} so far)` : ""}. Deny ${of.on_deny ? `sends ${of.on_deny} back with your reason` : "ends the run"}.`),
    of.approvers.length ? el("p.note", `May decide: ${of.approvers.join(", ")}`) : null,
    money(cost || 0) ? el("p.note", `Cost so far: ${money(cost)}`) : null,
    tests.map(([stage, result]) => fold([el(result.exit_code ? "span.bad" : "span.good", result.exit_code ? "✗ " : "✓ "), `${stage}: exit ${result.exit_code}, ${ago(result.seconds)}`], () => el("pre.whole", result.tail), { open: result.exit_code !== 0 })),
    summaries.map(([stage, words]) => el("section", el("h3", stage), el("div.prose", words))),
    diffs.map((each) => {
      const card = run?.stages.find((stage) => stage.name === each.stage)?.card;
      const plus = each.files.reduce((sum, file) => sum + Math.max(0, file[1]), 0);
      const minus = each.files.reduce((sum, file) => sum + Math.max(0, file[2]), 0);
      return el("section",
        el("h3", `${each.stage}: ${each.branch}`),
        each.trouble ? el("p.warning", each.trouble) : null,
        each.uncommitted ? el("p.warning", `${plural(each.uncommitted, "file")} not committed`) : null,
        each.commits.length ? el("ul.commits", each.commits.map((commit) => el("li", commit))) : null,
        fold([plural(each.files.length, "file"), el("span.plus", ` +${plus}`), el("span.minus", ` −${minus}`)],
          (body) => (card && state.cards.has(card) ? loaded(body, changes(card)) : el("ul.files", each.files.map((file) => el("li", `${file[0]} +${file[1]} −${file[2]}`)))), { name: "diff" }));
    }));
}

export function loaded(body, promise) {
  promise.then((made) => fill(body, made), (error) => fill(body, el("p.error", error.text || String(error))));
  return el("p.note", "loading…");
}

// --- answers ---------------------------------------------------------------------------------------

export const button = (label, scope, click, look = "") => el(`button${look ? `.${look}` : ""}`, { type: "button", "data-scope": scope, on: { click } }, label);

// A button that opens a field for words, with another that sends them.
export function withWords(label, scope, { field, send, look = "", required = false, hint = "" }) {
  const area = el("textarea", { name: label, rows: "3", "aria-label": field, placeholder: field });
  const go = button(label, scope, () => (required && !area.value.trim() ? area.focus() : send(area.value.trim())), look);
  return el("details.words", { on: { toggle: (event) => event.target.open && area.focus() } }, el(`summary.button${look ? `.${look}` : ""}`, `${label}…`), hint ? el("p.note", hint) : null, area, go);
}

// A button that says what will happen before another one does it.
export const withHint = (label, scope, { hint, send, look = "" }) => el("details.words", el(`summary.button${look ? `.${look}` : ""}`, `${label}…`), el("p.note", hint), button(label, scope, send, look));

function answers(need, detail, message, { send, say }) {
  const id = need.id;
  const requests = ["permission", "question", "plan", "dialog"];
  if (requests.includes(need.kind) && !need.answerable) return el("p.hint", need.hint || "It can only be answered in the session.");
  const allowed = (words) => (card) => `${words} ${card?.state ? `${card.id} is ${card.state.replace("_", " ")}.` : ""}`.trim();
  const deny = (label, field) => withWords(label, "answer", { field, look: "bad", send: (message_) => send("answer", { need: id, verdict: "deny", message: message_ }, "Denying", allowed("Denied.")) });
  const allow = (label) => {
    let sure = !need.unusual;
    const made = button(label, "answer", () => {
      if (!sure) {
        sure = true;
        made.textContent = safe(`${label} anyway`);
        return say(`It has ${need.unusual}. Tap again to allow it.`, true);
      }
      return send("answer", { need: id, verdict: "allow" }, "Allowing", allowed("Allowed."));
    }, "good");
    return made;
  };
  const nudge = (how) => {
    const label = how.charAt(0).toUpperCase() + how.slice(1);
    const go = () => send("nudge", { card: need.card, how }, "Sending", "Done.");
    return how === "restart" ? withHint(label, "answer", { hint: "Ends the session and resumes its conversation.", send: go }) : button(label, "answer", go, how === "continue" ? "good" : "");
  };
  switch (need.kind) {
    case "permission":
      return [
        allow("Allow"),
        detail.always.length ? el("details.words", el("summary.button", "Always…"), detail.always.map((words, number) => button(`Always: ${words}`, "answer", () => send("answer", { need: id, verdict: "always", always: number }, "Allowing", allowed("Allowed from now on."))))) : null,
        deny("Deny", "Reason, which the agent reads"),
      ];
    case "plan":
      return [allow("Approve plan"), deny("Send back", "What to change")];
    case "card":
      return [allow("Create card"), deny("Deny", "Reason, which the session reads")];
    case "question":
    case "dialog":
      return questions(need, detail, send, allowed);
    case "gate":
      return decide(detail.gate, send);
    case "pause": {
      const other = id.slice(`pause.${need.slug}.`.length);
      return button("Resume mail", "answer", () => send("mail.unpause", { a: need.slug, b: other }, "Resuming", "Mail resumed."), "good");
    }
    case "mail":
      return [
        withWords("Reply", "prompts", { field: `Reply to ${message.sender}`, required: true, look: "good", send: async (body) => (await send("mail.send", { to: [message.sender], body, kind: message.kind === "question" ? "answer" : "note", reply_to: message.id }, "Sending", "Sent.")) && send("mail.read", { message: id }, "Marking", "Sent, and marked as read.") }),
        button("Mark as read", "answer", () => send("mail.read", { message: id }, "Marking", "Read.")),
      ];
    case "run_done":
      return button("Acknowledge", "answer", () => send("run.acknowledge", { run: need.run }, "Acknowledging", "Acknowledged."), "good");
    case "run":
    case "stage":
      return [stageActs(need, send), need.kind === "run" ? button("Acknowledge", "answer", () => send("run.acknowledge", { run: need.run }, "Acknowledging", "Acknowledged.")) : null];
    case "asks":
    case "review":
      return [
        withWords("Send prompt", "prompts", { field: "Prompt", required: true, look: "good", send: (text) => send("send", { card: need.card, text, queue: true }, "Sending", "Sent.") }),
        button("Acknowledge", "answer", () => send("acknowledge", { card: need.card }, "Acknowledging", "Acknowledged.")),
        el("a.button", { href: `#/card/${need.card}` }, "Open card"),
      ];
    default:
      return [
        need.options.map((how) => {
          if (how === "resume") return button("Resume", "answer", () => send("resume", { card: need.card }, "Resuming", "Resuming."), "good");
          return ["continue", "interrupt", "restart", "again", "drop"].includes(how) ? nudge(how) : null;
        }),
        need.card ? el("a.button", { href: `#/card/${need.card}` }, "Open card") : null,
      ];
  }
}

function stageActs(need, send) {
  const words = {
    retry: ["Retry stage", "run.retry", "Note for the session"], skip: ["Skip stage", "run.skip", "Note"],
    done: ["Mark as done", "run.done", "Note"], fail: ["Mark as failed", "run.done", "Reason"],
  };
  return need.options.map((way) => {
    if (way === "prompt" && need.card) return withWords("Send prompt", "prompts", { field: "Prompt", required: true, send: (text) => send("send", { card: need.card, text, queue: true }, "Sending", "Sent.") });
    if (!words[way]) return null;
    const [label, verb, field] = words[way];
    const outcome = verb === "run.done" ? { outcome: way === "fail" ? "failed" : "done" } : {};
    return withWords(label, "gates", { field, look: way === "retry" ? "good" : "", send: (note) => send(verb, { run: need.run, stage: need.stage, note, ...outcome }, "Sending", (run) => `Done. ${run.id} is ${run.state}.`) });
  });
}

function decide(of, send) {
  if (of.proof === "key") return el("p.hint", `This gate accepts only signed decisions: orch gate approve ${of.id} --sign`);
  const told = (view) => (view.state === "open" ? `Counted: ${view.approved_by.length} of ${view.quorum}.` : `${view.id} is ${view.state}.`);
  const who = { who: state.device?.user || "", seen: of.version };
  return [
    button("Approve", "gates", () => send("gate.approve", { gate: of.id, ...who }, "Approving", told), "good"),
    withWords("Approve with note", "gates", { field: "Note", send: (note) => send("gate.approve", { gate: of.id, note, ...who }, "Approving", told) }),
    withWords("Deny", "gates", { field: of.on_deny ? `Reason, which ${of.on_deny} reads` : "Reason", required: true, look: "bad", send: (note) => send("gate.deny", { gate: of.id, note, ...who }, "Denying", told) }),
  ];
}

function questions(need, detail, send, allowed) {
  const fields = detail.questions.map((question, number) => {
    const kind = question.multi ? "checkbox" : "radio";
    const own = need.kind === "question" ? el("input", { type: "text", name: `own${number}`, "aria-label": "Own answer", placeholder: "Own answer" }) : null;
    const options = question.options.map(([label, words], at) => {
      const box = el("input", { type: kind, name: `q${number}.${need.id}`, "data-at": at });
      return el("label.option", box, el("span", el("b", label), words ? el("small", words) : null));
    });
    const set = el("fieldset", el("legend", question.header ? el("small", question.header) : null, el(need.kind === "dialog" ? "pre.whole" : "span", question.text)), options, own);
    return { set, chosen: () => [...[...set.querySelectorAll("input[data-at]")].filter((box) => box.checked).map((box) => question.options[Number(box.dataset.at)][0]), ...(own?.value.trim() ? [own.value.trim()] : [])] };
  });
  const go = button("Answer", "answer", () => {
    const options = fields.map((field) => field.chosen());
    const open = options.findIndex((each) => !each.length);
    if (open >= 0) return fields[open].set.querySelector("input").focus();
    return send("answer", { need: need.id, verdict: "allow", options, seen: detail.version }, "Answering", allowed("Answered."));
  }, "good");
  const deny = need.kind === "question" ? withWords("Decline", "answer", { field: "Reason", look: "bad", send: (message) => send("answer", { need: need.id, verdict: "deny", message }, "Declining", allowed("Declined.")) }) : null;
  return [fields.map((field) => field.set), go, deny];
}
