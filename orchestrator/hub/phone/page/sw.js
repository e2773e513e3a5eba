// Keeps the page's own files for the time without a connection. Nothing of the hub's is kept here.

const KEPT = "orch-page";
const FILES = ["/", "/app.css", "/main.js", "/api.js", "/state.js", "/dom.js", "/needs.js", "/views.js", "/diff.js", "/ansi.js", "/push.js", "/icon.svg", "/icon-192.png", "/manifest.webmanifest"];

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(KEPT).then((cache) => cache.addAll(FILES)).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== location.origin || !FILES.includes(url.pathname)) return;
  event.respondWith(newest(event.request, url.pathname));
});

// From the hub; without a connection, what was kept last.
async function newest(request, path) {
  const cache = await caches.open(KEPT);
  try {
    const answer = await fetch(request);
    if (answer.ok) await cache.put(path, answer.clone());
    if (answer.ok) return answer;
  } catch {
    // no connection
  }
  return (await cache.match(path)) || Response.error();
}

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
