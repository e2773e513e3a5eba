// Notifications on this phone: the browser's subscription, which the hub encrypts for and signs to.
import { pushKey, setPush } from "./api.js";

export const possible = () => isSecureContext && "serviceWorker" in navigator && "PushManager" in window && "Notification" in window;

const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (each) => each.charCodeAt(0));
const manager = async () => (await navigator.serviceWorker.ready).pushManager;

export const isOn = async () => possible() && Notification.permission === "granted" && Boolean(await (await manager()).getSubscription());

// Needs a tap: browsers ask for the permission only then. Throws an Error whose message is for people.
export async function turnOn() {
  const key = await pushKey();
  if (!key) throw new Error("The hub cannot push. Run there: pip install 'orch-tui[phone]'");
  if ((await Notification.requestPermission()) !== "granted") throw new Error("This browser does not allow notifications here.");
  await subscribe(key);
}

export async function turnOff() {
  await setPush(null);
  await (await (await manager()).getSubscription())?.unsubscribe();
}

// At each opening: the browser may have replaced the subscription, or the hub its key, or forgotten the phone's.
export async function renew() {
  if (!(await isOn())) return;
  const key = await pushKey();
  if (key) await subscribe(key);
}

async function subscribe(key) {
  const push = await manager();
  const options = { userVisibleOnly: true, applicationServerKey: bytes(key) };
  let found;
  try {
    found = await push.subscribe(options);
  } catch (error) {
    if (error.name !== "InvalidStateError") throw error;
    await (await push.getSubscription())?.unsubscribe(); // it was made with another key
    found = await push.subscribe(options);
  }
  const { endpoint, keys } = found.toJSON();
  await setPush({ endpoint, p256dh: keys.p256dh, auth: keys.auth });
}
