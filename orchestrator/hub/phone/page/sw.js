// Keeps the page's own files for the time without a connection. Nothing of the hub's is kept here.

const KEPT = "orch-page";
const FILES = ["/", "/app.css", "/main.js", "/api.js", "/state.js", "/dom.js", "/needs.js", "/views.js", "/diff.js", "/ansi.js", "/icon.svg", "/icon-192.png", "/manifest.webmanifest"];

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
