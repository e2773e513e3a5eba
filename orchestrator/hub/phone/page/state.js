// What is known of the board: kept for the time without a connection, and shown then as old.

const LAST = "orch.last";

export const state = { at: 0, live: false, stale: true, hub: null, cards: new Map(), needs: [], runs: new Map(), mail: null, device: null };

const listeners = new Set();
export const onChange = (call) => {
  listeners.add(call);
  return () => listeners.delete(call);
};
const changed = (what) => listeners.forEach((call) => call(what));

export const can = (scope) => Boolean(state.live && state.device?.scopes.includes(scope));

export function setLive(live) {
  if (live) state.at = Date.now();
  if (state.live === live) return;
  state.live = live;
  if (!live) state.stale = true;
  changed({ kind: "live" });
}

export function setDevice(device) {
  state.device = device;
  changed({ kind: "device" });
}

export function told(name, data) {
  state.at = Date.now();
  if (name === "Board") {
    take(data);
    state.stale = false;
    changed({ kind: "board" });
  } else if (name === "CardChanged") {
    state.cards.set(data.card.id, data.card);
    changed({ kind: "card", id: data.card.id });
  } else if (name === "CardGone") {
    state.cards.delete(data.id);
    changed({ kind: "card", id: data.id });
  } else if (name === "RunChanged") {
    state.runs.set(data.run.id, data.run);
    changed({ kind: "run", id: data.run.id });
  } else if (name === "RunGone") {
    state.runs.delete(data.id);
    changed({ kind: "run", id: data.id });
  } else if (name === "NeedsChanged") {
    state.needs = data.needs;
    changed({ kind: "needs" });
  } else if (name === "HubChanged") {
    state.hub = data.hub;
    changed({ kind: "hub" });
  } else if (name === "MailChanged") {
    state.mail = data.mail;
    changed({ kind: "mail" });
  } else if (name === "Notice") {
    if (data.shown) changed({ kind: "notice", text: data.text });
  }
  keepSoon();
}

function take(board) {
  state.hub = board.hub;
  state.cards = new Map(board.cards.map((card) => [card.id, card]));
  state.needs = board.needs;
  state.runs = new Map(board.runs.map((run) => [run.id, run]));
  state.mail = board.mail;
}

let due = 0;
function keepSoon() {
  if (!due) due = setTimeout(keep, 4000);
}

const short = (text) => (text && text.length > 600 ? `${text.slice(0, 600)}…` : text);

export function keep() {
  clearTimeout(due);
  due = 0;
  if (state.stale) return;
  const cards = [...state.cards.values()].map((card) => ({ ...card, last_words: short(card.last_words), output: "" }));
  const runs = [...state.runs.values()].slice(0, 20);
  try {
    localStorage.setItem(LAST, JSON.stringify({ at: state.at, board: { hub: state.hub, cards, needs: state.needs, runs, mail: null }, device: state.device }));
  } catch {
    localStorage.removeItem(LAST); // no room: nothing old is better than half of it
  }
}

// The last known state, before the hub has answered.
export function recall() {
  try {
    const last = JSON.parse(localStorage.getItem(LAST));
    if (!last) return;
    take(last.board);
    state.device = last.device;
    state.at = last.at;
  } catch {
    localStorage.removeItem(LAST);
  }
}

export function forget() {
  localStorage.removeItem(LAST);
  Object.assign(state, { at: 0, live: false, stale: true, hub: null, cards: new Map(), needs: [], runs: new Map(), mail: null, device: null });
}
