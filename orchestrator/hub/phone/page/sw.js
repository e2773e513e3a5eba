// Keeps the page's own files for the time without a connection. Nothing of the hub's is kept here.

const CONTENT = "@CONTENT@"; // the hub puts the name of its files' content here: other files, another worker
const KEPT = `orch-page-${CONTENT}`;
const FILES = ["/", "/app.css", "/main.js", "/api.js", "/state.js", "/dom.js", "/needs.js", "/views.js", "/diff.js", "/ansi.js", "/push.js", "/icon.svg", "/icon-192.png", "/manifest.webmanifest"]
  .map((path) => (/\.(js|css)$/.test(path) ? `/${CONTENT}${path}` : path));

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(KEPT).then((cache) => cache.addAll(FILES)).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => event.waitUntil(begin()));

async function begin() {
  const old = (await caches.keys()).filter((name) => name !== KEPT);
  await Promise.all(old.map((name) => caches.delete(name)));
  await self.registration.navigationPreload?.enable(); // the start page is asked for while the worker starts
  await self.clients.claim();
}

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== location.origin || !FILES.includes(url.pathname)) return;
  event.respondWith(url.pathname === "/" ? start(event) : kept(event.request, url.pathname));
});

// From the hub; without a connection, what was kept.
async function start(event) {
  try {
    const answer = (await event.preloadResponse) || (await fetch(event.request));
    if (answer.ok) return answer;
  } catch {
    // no connection
  }
  return (await match("/")) || Response.error();
}

const kept = async (request, path) => (await match(path)) || fetch(request);
const match = async (path) => (await caches.open(KEPT)).match(path);

// Every push shows something; the newest replaces the one before.
self.addEventListener("push", (event) => {
  let said = {};
  try {
    said = event.data.json();
  } catch {
    // shown without words
  }
  const options = { body: said.body || "Something waits for you.", tag: "orch", renotify: true, icon: "/icon-192.png" };
  event.waitUntil(self.registration.showNotification(said.title || "orch", options));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(self.clients.matchAll({ type: "window" }).then((open) => (open.length ? open[0].focus() : self.clients.openWindow("/"))));
});
