// Puts the page together: who the operator is, what is shown, and what the server says.

import { api } from "./api.js";
import { $, h, put } from "./dom.js";
import { actions } from "./dialogs.js";
import { connect } from "./feed.js";
import { empty } from "./model.js";
import { check, currentToken, leave, remember, said } from "./session.js";
import * as audit from "./views/audit.js";
import * as channel from "./views/channel.js";
import * as channels from "./views/channels.js";
import * as overview from "./views/overview.js";
import { signIn } from "./views/sign-in.js";
import * as user from "./views/user.js";
import * as users from "./views/users.js";

const views = { "": overview, channels, channel, users, user, audit };
const tabOf = { "": "overview", channel: "channels", user: "users" };
const main = $("main");
let state = empty, view = null, isDue = false;

// Draws at most once a frame, however much came.
function change(next) {
  state = next(state);
  if (isDue) return;
  isDue = true;
  requestAnimationFrame(() => { isDue = false; view?.(state); });
}

function say(text, tone = "good") {
  const toast = $("said");
  toast.textContent = text;
  toast.dataset.tone = tone;
  toast.classList.add("shown");
  clearTimeout(say.timer);
  say.timer = setTimeout(() => toast.classList.remove("shown"), 8000);
}

function showState(now, detail) {
  const words = { connecting: "connecting …", connected: "live", waiting: "reconnecting …", closed: "disconnected" };
  $("state").dataset.state = now;
  $("state").textContent = words[now];
  const banner = $("banner");
  banner.hidden = now === "connected" || now === "connecting";
  if (now === "waiting") banner.textContent = "The server cannot be reached. What you see is of before; the page comes back by itself.";
  if (now === "closed") leave(detail.reason || "The server ended the connection.");
}

async function token() {
  const found = await currentToken();
  if (!found) throw Object.assign(new Error("Your token has expired. Sign in with a new one."), { isFinal: true });
  return found;
}

function route(context) {
  const [, name = "", param = ""] = location.hash.replace(/^#/, "").split("/");
  const isKnown = Object.hasOwn(views, name);
  view?.end?.();
  main.replaceChildren();
  view = views[isKnown ? name : ""].mount(main, { ...context, param: decodeURIComponent(param) });
  view(state);
  const tab = tabOf[name] ?? name;
  for (const link of $("tabs").children) {
    if (link.dataset.tab === tab) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  document.title = `${param ? decodeURIComponent(param) : tab[0].toUpperCase() + tab.slice(1)} · OrleansRealtime console`;
}

function start() {
  document.body.dataset.screen = "console";
  $("tabs").hidden = $("sign-out").hidden = false;
  const server = api(token);
  const context = { api: server, actions: actions({ api: server, say }) };
  route(context);
  addEventListener("hashchange", () => { route(context); main.focus({ preventScroll: true }); scrollTo(0, 0); });
  connect(token, { change, onState: showState, onRefused: error => leave(`The server refuses the console to this token: ${error.message}.`) });
  setInterval(passTime, 1000);
}

// Time goes on without a word of any node too, or none would ever be seen to have fallen silent.
let last = { heard: 0, when: 0 };
function passTime() {
  if (state.heard !== last.heard) last = { heard: state.heard, when: performance.now() };
  else if ($("state").dataset.state === "connected" && state.heard > 0) {
    const now = state.heard + Math.floor(performance.now() - last.when);
    change(known => ({ ...known, now: Math.max(known.now, now) }));
  }
}

const themes = [["", "◐", "Auto", "as the system"], ["light", "☀", "Light", "light"], ["dark", "☾", "Dark", "dark"]];
function theme(choice) {
  const [value, icon, word, name] = themes.find(([one]) => one === choice) ?? themes[0];
  if (value) document.documentElement.dataset.theme = value;
  else delete document.documentElement.dataset.theme;
  localStorage.setItem("console.theme", value);
  put($("theme"), icon, h("span", { class: "word" }, ` ${word}`));
  $("theme").setAttribute("aria-label", `Colours: ${name}`);
}

$("theme").onclick = () => {
  const at = themes.findIndex(([value]) => value === (document.documentElement.dataset.theme ?? ""));
  theme(themes[(at + 1) % themes.length][0]);
};
$("sign-out").onclick = () => leave();
theme(localStorage.getItem("console.theme") ?? "");

const notice = said();
const known = notice ? null : await currentToken().catch(() => null);
if (known) start();
else {
  document.body.dataset.screen = "sign-in";
  signIn(main, { said: notice, check, done: fresh => { remember(fresh); start(); main.focus(); } });
}
