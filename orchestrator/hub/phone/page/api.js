// The connection to the hub. The token is this origin's alone; the cookie beside it no script can read.

const TOKEN = "orch.token";
const SILENCE = 25000; // the hub says something every ten seconds

export const token = () => localStorage.getItem(TOKEN);
export const keepToken = (value) => (value ? localStorage.setItem(TOKEN, value) : localStorage.removeItem(TOKEN));

export class Problem extends Error {
  constructor(status, said) {
    super(said.what || `the hub answered ${status}`);
    Object.assign(this, { status, why: said.why || "", hint: said.hint || "" });
  }

  get text() {
    const said = this.why ? `${this.message}: ${this.why}` : this.message;
    return said.charAt(0).toUpperCase() + said.slice(1).replace(/\.$/, "") + ".";
  }
}

let unpaired = () => {};
export const onUnpaired = (call) => (unpaired = call);

async function ask(path, { body, headers = {}, method = "POST", signal } = {}) {
  let answer;
  try {
    answer = await fetch(path, {
      method,
      body: body === undefined ? undefined : JSON.stringify(body),
      headers: { "Orch-Token": token() || "", ...(body === undefined ? {} : { "Content-Type": "application/json" }), ...headers },
      credentials: "same-origin",
      cache: "no-store",
      redirect: "error",
      signal,
    });
  } catch (error) {
    throw new Problem(0, { what: "cannot reach the hub", hint: "It is sent once the connection is back and you tap again." });
  }
  if (answer.ok) return answer;
  let said = {};
  try {
    said = await answer.json();
  } catch {
    // not from the hub: a proxy's own page
  }
  if (answer.status === 401) unpaired();
  throw new Problem(answer.status, said);
}

export async function pair(code, name) {
  const answer = await ask("/pair", { body: { code, name } });
  const said = await answer.json();
  keepToken(said.token);
  return said.device;
}

export const device = async () => (await ask("/api/device", { method: "GET" })).json();
export const pushKey = async () => (await (await ask("/api/push", { method: "GET" })).json()).key;
export const setPush = (said) => ask("/api/push", { body: said });
export const leave = () => ask("/api/leave", { body: null });

let reading = 0;
const waiting = [];

// The answer to a read, and the version on which acts are based. A few at a time: an answer is not to wait behind
// fifty of them.
export async function read(verb, request = {}) {
  if (reading >= 3) await new Promise((go) => waiting.push(go));
  else reading += 1;
  try {
    const answer = await ask(`/api/requests/${verb}`, { body: request });
    return { value: await answer.json(), seen: answer.headers.get("etag") || "" };
  } finally {
    if (waiting.length) waiting.shift()();
    else reading -= 1;
  }
}

const keys = new Map();
const AGAIN = 5000; // after that a tap on the same button is another act

// Does something once, however often it is tapped: the same act on the same version has the same key, also after
// the connection broke before the answer.
export async function act(verb, request, seen) {
  const what = JSON.stringify([verb, request, seen]);
  if (!keys.has(what)) keys.set(what, [...crypto.getRandomValues(new Uint8Array(16))].map((b) => b.toString(16).padStart(2, "0")).join(""));
  const headers = { "Idempotency-Key": keys.get(what), "If-Match": seen };
  try {
    const answer = await (await ask(`/api/requests/${verb}`, { body: request, headers })).json();
    setTimeout(() => keys.delete(what), AGAIN);
    return answer;
  } catch (error) {
    if (error.status) keys.delete(what); // the hub has answered: another try is another act
    throw error;
  }
}

// Calls `told(name, data)` for every event, and `live(true|false)`; reconnects whenever it ends.
export function follow(told, live) {
  let ending = new AbortController();
  let pause = 500;
  let wake = () => {};
  let stopped = false;

  async function once() {
    ending = new AbortController();
    let silent = setTimeout(() => ending.abort(), SILENCE);
    const answer = await ask("/api/events", { method: "GET", signal: ending.signal });
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    let rest = "";
    try {
      for (;;) {
        const { value, done } = await reader.read();
        if (done) return;
        clearTimeout(silent);
        silent = setTimeout(() => ending.abort(), SILENCE);
        live(true);
        pause = 500;
        const parts = (rest + value).split("\n\n");
        rest = parts.pop();
        for (const part of parts) event(part);
      }
    } finally {
      clearTimeout(silent);
    }
  }

  function event(part) {
    const lines = part.split("\n");
    const name = lines.find((line) => line.startsWith("event: "));
    const data = lines.find((line) => line.startsWith("data: "));
    if (name && data) told(name.slice(7), JSON.parse(data.slice(6)));
  }

  async function forever() {
    while (!stopped) {
      try {
        await once();
      } catch (error) {
        if (error.status === 401) return;
      }
      live(false);
      if (stopped) return;
      await new Promise((go) => {
        wake = go;
        setTimeout(go, pause);
      });
      pause = Math.min(pause * 2, 10000);
    }
  }

  // A phone that was in a pocket: its connection may be dead without having said so.
  const again = () => {
    if (document.visibilityState === "visible") {
      pause = 500;
      wake();
    }
  };
  document.addEventListener("visibilitychange", again);
  addEventListener("online", again);
  forever();
  return () => {
    stopped = true;
    ending.abort();
    wake();
  };
}
