// Who the operator is: the token, where it comes from, and whether it is good for this page.

const tokenKey = "console.token", saidKey = "console.said", outKey = "console.out";

export const said = () => { const text = sessionStorage.getItem(saidKey); sessionStorage.removeItem(saidKey); return text; };

// The page starts anew, which ends the connection and forgets everything that it showed.
export function leave(text) {
  sessionStorage.removeItem(tokenKey);
  sessionStorage.setItem(outKey, "1");
  if (text) sessionStorage.setItem(saidKey, text);
  location.reload();
}

// The claims of a token, unchecked; null when it is none.
export function claimsOf(token) {
  try {
    const [, middle] = token.split(".");
    const bytes = Uint8Array.from(atob(middle.replace(/-/g, "+").replace(/_/g, "/")), letter => letter.charCodeAt(0));
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch { return null; }
}

export const isExpired = (token, now = Date.now()) => (claimsOf(token)?.exp ?? Infinity) * 1000 <= now;

// Whether the server lets the bearer manage; the error says why not.
export async function check(token) {
  const claims = claimsOf(token);
  if (!claims?.sub) throw new Error("This is not a token: it has three parts, with dots between them.");
  const response = await fetch(`/v1/user?${new URLSearchParams({ user: claims.sub })}`, { headers: { Authorization: `Bearer ${token}` } });
  if (response.ok && (claims.caps?.["*"] ?? []).some(right => right === "manage" || right === "*")) return claims.sub;
  if (response.status === 401) throw new Error("The server refuses this token: it is of another key, or it has expired.");
  if (response.ok || response.status === 403) throw new Error(`${claims.sub} has no right to manage. The token needs the capability {"*": ["manage"]}.`);
  throw new Error(`The server cannot check the token now (${response.status}). Try again.`);
}

export function remember(token) {
  sessionStorage.setItem(tokenKey, token);
  sessionStorage.removeItem(outKey);
}

// The token of this tab, or in Development a fresh one; null when the operator must sign in.
export async function currentToken() {
  const token = sessionStorage.getItem(tokenKey);
  if (token && !isExpired(token, Date.now() + 60_000)) return token;
  const fresh = await developmentToken();
  if (fresh) remember(fresh);
  return fresh ?? (token && !isExpired(token) ? token : null);
}

async function developmentToken() {
  if (sessionStorage.getItem(outKey)) return null;
  const { development } = await (await fetch("settings.json")).json();
  if (!development) return null;
  const response = await fetch(`/dev/token?${new URLSearchParams({ user: "operator", caps: "*=manage", minutes: 60 })}`);
  return response.ok ? (await response.json()).token : null;
}
