/*
 * What the browser answers by itself when there is no network. Only two things are kept: the program, once an inspector asks
 * for it, and the few answers without which it does not start. What inspectors write is not here but in the page's database.
 */
const program = "xingfu-program-1";
const answers = "xingfu-answers-1";
/** Answers the program needs to start. They name the person signed in; signing out deletes them. */
const kept = [/^\/api\/v1\/session$/, /^\/api\/v1\/years$/];
/** A device that was not online for longer must sign in again. */
const longestMs = 7 * 86_400_000;

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => {
  event.waitUntil(
    (async () => {
      for (const name of await caches.keys())
        if (name.startsWith("xingfu-") && name !== program && name !== answers) await caches.delete(name);
      await self.clients.claim();
    })(),
  );
});

self.addEventListener("message", (event) => {
  if (event.data !== "keep") return;
  const [port] = event.ports;
  event.waitUntil(
    keep().then(
      () => port.postMessage("kept"),
      (error) => port.postMessage(String(error)),
    ),
  );
});

/** Fetches the whole program and the answers it starts with; what belongs to an older version is dropped. */
async function keep() {
  const list = await (await fetch("/offline.json", { cache: "no-store" })).json();
  const wanted = new Set(["/", ...list]);
  const cache = await caches.open(program);
  for (const request of await cache.keys()) {
    const { pathname } = new URL(request.url);
    if (pathname !== "/" && !wanted.has(pathname)) await cache.delete(request);
  }
  const missing = [];
  for (const path of list) if (!(await cache.match(path))) missing.push(path);
  await cache.addAll(missing);
  // last, so that the page never names a file that is not there
  const page = await fetch("/", { headers: { accept: "text/html" }, cache: "no-store" });
  if (!page.ok) throw new Error(`the page answers ${page.status}`);
  await cache.put("/", page);
  await Promise.all(["/api/v1/session", "/api/v1/years"].map((path) => fetchAndKeep(new Request(path))));
}

async function fetchAndKeep(request) {
  const reply = await fetch(request);
  if (await isForNobody(request, reply)) await caches.delete(answers);
  else if (reply.ok) {
    const cache = await caches.open(answers);
    await cache.put(request.url, await stamped(reply.clone()));
  }
  return reply;
}

/** Whether an answer says that nobody is signed in: then nothing of anybody stays on the device. */
async function isForNobody(request, reply) {
  if (reply.status === 401) return true;
  if (!reply.ok || !new URL(request.url).pathname.endsWith("/session")) return false;
  const { session } = await reply.clone().json();
  return session === null;
}

/** The answer with the time it was kept. */
async function stamped(reply) {
  const headers = new Headers(reply.headers);
  headers.set("x-kept-at", String(Date.now()));
  return new Response(await reply.blob(), { status: reply.status, headers });
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  if (request.mode === "navigate") event.respondWith(page(request));
  else if (url.pathname.startsWith("/assets/") || url.pathname.endsWith(".svg")) event.respondWith(asset(request));
  else if (kept.some((path) => path.test(url.pathname))) event.respondWith(answer(request, url));
});

async function page(request) {
  try {
    return await fetch(request);
  } catch (error) {
    const shell = await caches.match("/", { cacheName: program });
    if (shell) return shell;
    throw error;
  }
}

async function asset(request) {
  const found = await caches.match(request, { cacheName: program, ignoreVary: true });
  return found ?? (await fetch(request));
}

/** From the network; what is kept is renewed only for somebody who took the program along. */
async function answer(request, url) {
  try {
    const hasProgram = await caches.match("/", { cacheName: program });
    return hasProgram
      ? await fetchAndKeep(new Request(url.pathname + url.search, { credentials: "same-origin" }))
      : await fetch(request);
  } catch (error) {
    const found = await caches.match(url.href, { cacheName: answers, ignoreVary: true });
    if (found && Date.now() - Number(found.headers.get("x-kept-at")) < longestMs) return found;
    throw error;
  }
}
