// Starts the page: pairing, the connection, and which view is shown.
import { follow, device, keepToken, onUnpaired, pair, Problem, token } from "./api.js";
import { add, el, fill, since, toast } from "./dom.js";
import { renew } from "./push.js";
import { forget, keep, onChange, recall, setDevice, setLive, state, told } from "./state.js";
import { boardView, cardView, deviceView, needsView, runsView, runView } from "./views.js";

const main = document.getElementById("main");
const status = document.getElementById("status");
const tabs = document.getElementById("tabs");
const TABS = [["", "Needs you", "◆"], ["board", "Board", "▤"], ["runs", "Runs", "▷"], ["device", "This phone", "▯"]];
let leaveView = null;
let disconnect = null;

// --- pairing ---------------------------------------------------------------------------------------

// The code leaves the address bar and the history at once.
function codeInAddress() {
  const found = /^#pair=([\w-]{1,64})$/.exec(location.hash);
  if (location.hash.startsWith("#pair")) history.replaceState(null, "", "/");
  return found ? found[1] : "";
}

function guess() {
  const said = navigator.userAgent;
  if (/iPhone/.test(said)) return "iPhone";
  if (/iPad/.test(said)) return "iPad";
  const model = /Android [^;)]+; ([^;)]+)/.exec(said);
  return model && model[1].trim() !== "K" ? model[1].trim() : /Android/.test(said) ? "Android phone" : "phone";
}

function pairView(code, note = "") {
  stop();
  tabs.hidden = true;
  document.title = "orch: pair";
  fill(status, "Not paired");
  const name = el("input", { type: "text", id: "name", name: "name", value: guess(), maxlength: "40", autocomplete: "off", required: true });
  const link = el("input", { type: "text", id: "code", name: "code", autocomplete: "off", autocapitalize: "none", spellcheck: "false", required: true, value: code });
  const said = el("div.said", { role: "status" }, note ? el("p.error", { role: "alert" }, note) : null);
  const go = el("button.good", { type: "submit" }, "Pair");
  const submit = async (event) => {
    event.preventDefault();
    const given = /([\w-]{16,64})\s*$/.exec(link.value.trim());
    if (!given) return fill(said, el("p.error", { role: "alert" }, "That is no code. Run orch phone for a new one."));
    go.disabled = true;
    fill(said, el("p.done", "Pairing…"));
    try {
      setDevice(await pair(given[1], name.value));
      link.value = "";
      start();
      toast(`Paired as ${state.device.name}.`);
    } catch (error) {
      go.disabled = false;
      if (!(error instanceof Problem)) throw error;
      fill(said, el("p.error", { role: "alert" }, error.text, ` ${error.hint}`));
    }
    return undefined;
  };
  fill(main, el("h1", { tabindex: "-1" }, "Pair this phone"),
    code ? el("p", "The code was read. Give this phone a name.") : el("p", "On the machine with your sessions run ", el("code", "orch phone"), " and scan the code, or paste the link here."),
    el("form.pair", { on: { submit } }, code ? null : [el("label", { for: "code" }, "Link or code"), link], el("label", { for: "name" }, "Name of this phone"), name, go, said));
  if (code) link.type = "hidden";
}

// --- views -----------------------------------------------------------------------------------------

function route() {
  const [view, id] = location.hash.replace(/^#\/?/, "").split("/");
  leaveView?.();
  main.replaceChildren();
  const safeId = /^[\w.-]{1,60}$/.test(id || "") ? id : "";
  if (view === "board") leaveView = boardView(main);
  else if (view === "card" && safeId) leaveView = cardView(main, safeId);
  else if (view === "runs") leaveView = runsView(main);
  else if (view === "run" && safeId) leaveView = runView(main, safeId);
  else if (view === "device") leaveView = deviceView(main, () => ended("This phone is no longer paired."));
  else leaveView = needsView(main);
  drawTabs(view);
  scrollTo(0, 0);
}

function drawTabs(view) {
  const here = { card: "board", run: "runs" }[view] ?? (TABS.some(([name]) => name === view) ? view : "");
  const count = state.needs.length;
  fill(tabs, TABS.map(([name, title, icon]) => el("a", { href: `#/${name}`, "aria-current": name === here ? "page" : false }, el("span.icon", { "aria-hidden": "true" }, icon), el("span", title), name === "" && count ? el("span.badge", { "aria-label": `${count} waiting` }, count) : null)));
  document.title = count ? `(${count}) orch` : "orch";
}

function drawStatus() {
  document.body.classList.toggle("old", !state.live);
  if (state.live) fill(status, el("span.lamp.on", { "aria-hidden": "true" }), "Live");
  else if (state.at) fill(status, el("span.lamp", { "aria-hidden": "true" }), since(state.at / 1000, "Offline, as of ", " ago"));
  else fill(status, el("span.lamp", { "aria-hidden": "true" }), "Connecting…");
}

// --- life ------------------------------------------------------------------------------------------

function ended(note) {
  keepToken("");
  forget();
  pairView("", note);
}

function stop() {
  disconnect?.();
  disconnect = null;
  leaveView?.();
  leaveView = null;
}

function start() {
  stop();
  tabs.hidden = false;
  recall();
  drawStatus();
  disconnect = follow(told, async (live) => {
    const before = state.live;
    setLive(live);
    if (live && !before) {
      try {
        setDevice(await device());
        await renew();
      } catch {
        // the stream says whether there is a connection
      }
    }
  });
  route();
}

onChange(({ kind, text }) => {
  if (kind === "live" || kind === "board") drawStatus();
  if (kind === "needs" || kind === "board") drawTabs(location.hash.replace(/^#\/?/, "").split("/")[0]);
  if (kind === "notice") toast(text);
});
onUnpaired(() => ended("This phone is no longer paired."));
addEventListener("hashchange", () => {
  const code = codeInAddress();
  if (code) pairView(code);
  else if (token()) {
    route();
    main.querySelector("h1")?.focus({ preventScroll: true });
  }
});
addEventListener("pagehide", keep);
document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && keep());
document.querySelector(".skip").addEventListener("click", (event) => {
  event.preventDefault();
  main.focus();
});

const code = codeInAddress();
if (code) pairView(code);
else if (token()) start();
else pairView("");

if ("serviceWorker" in navigator && isSecureContext) {
  const policy = window.trustedTypes?.createPolicy("orch-worker", { createScriptURL: (url) => (url === "/sw.js" ? url : "") });
  navigator.serviceWorker.register(policy ? policy.createScriptURL("/sw.js") : "/sw.js").catch(() => {});
}
