// The HTTP API, as the operator. Errors carry the server's words.

export function api(getToken) {
  const call = async (path, init = {}) => {
    const token = await getToken();
    let response;
    try {
      response = await fetch(`/v1/${path}`, { ...init, headers: { ...init.headers, Authorization: `Bearer ${token}` } });
    } catch { throw new Error("The server cannot be reached."); }
    const text = await response.text();
    const body = text ? JSON.parse(text) : null;
    if (!response.ok) throw Object.assign(new Error(body?.detail ?? `The server answered ${response.status}.`), { status: response.status });
    return body;
  };
  const get = (path, query) => call(`${path}?${new URLSearchParams(query)}`);
  const post = (path, body) => call(path, { method: "POST", body: JSON.stringify(body), headers: { "Content-Type": "application/json" } });
  return {
    channel: channel => get("channel", { channel }),
    // Where nothing is told of who is there, nobody is.
    presence: channel => get("presence", { channel }).catch(error => ({ members: [], count: 0, off: error.message })),
    history: channel => get("history", { channel, limit: 20, reverse: true }),
    user: user => get("user", { user }),
    disconnect: user => post("disconnect", { user }),
    kick: (user, reason) => post("kick", { user, reason }),
    ban: (user, until, reason) => post("ban", { user, until, reason }),
    unban: user => post("unban", { user }),
  };
}
