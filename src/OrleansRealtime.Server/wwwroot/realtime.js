// A small client of the protocol (realtime.v1.json): reconnects with backoff, resumes every channel after its last position, and
// keeps publications until they are acknowledged. States: connecting, connected, waiting (for the next attempt), closed.

const firstDelay = 250, longestDelay = 5000, answerTimeout = 15000;

// 4000 to 4499 say "fix something first"; a new token is the one fix that can be made here.
const isFinal = code => code >= 4000 && code < 4500 && code !== 4001 && code !== 4010;

export class Realtime extends EventTarget {
  #url; #getToken; #socket = null; #session = null; #attempt = 0; #timer = 0; #pinger = 0; #nextId = 1; #rest = 0;
  #waiting = new Map();        // id of a command -> { resolve, reject, timer }
  #subscriptions = new Map();  // channel -> { position, options, handlers }
  #outbox = [];                // { channel, data, mid, settle }, oldest first
  #isSending = false;

  state = "closed";
  user = null;

  constructor(url, getToken) {
    super();
    this.#url = url;
    this.#getToken = getToken;
    addEventListener("online", () => this.state === "waiting" && this.#connect());
  }

  start() { if (this.state === "closed") this.#connect(); }

  // handlers: onPublication(p), onSignal(s), onJoin(member), onLeave(member), onReload(why), onEnd(error). onReload says that
  // what was missed will not come by itself: load the history.
  subscribe(channel, options, handlers) {
    const subscription = { position: null, options, handlers };
    this.#subscriptions.set(channel, subscription);
    if (this.state === "connected") this.#subscribe(channel, subscription);
  }

  // Resolves when the publication is in the log, however often the connection breaks until then.
  publish(channel, data, mid = crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`) {
    const settled = new Promise((resolve, reject) => this.#outbox.push({ channel, data, mid, resolve, reject }));
    this.#sendOutbox();
    return { mid, settled };
  }

  signal(channel, data, key) {
    if (this.state === "connected") this.#write({ type: "signal", channel, payload: { data, key } });
  }

  history(channel, limit) { return this.#ask({ type: "history", channel, payload: { limit, reverse: true } }); }
  presence(channel) { return this.#ask({ type: "presence", channel }); }

  #set(state, detail = {}) {
    this.state = state;
    this.dispatchEvent(new CustomEvent("state", { detail }));
  }

  async #connect() {
    clearTimeout(this.#timer);
    this.#set("connecting");
    let token;
    try {
      token = await this.#getToken();
    } catch (error) {
      return error.isFinal ? this.#set("closed", { reason: error.message }) : this.#comeBack(error.message);
    }
    const socket = this.#socket = new WebSocket(this.#url, "realtime.v1.json");
    socket.onopen = async () => {
      try {
        const ack = await this.#ask({ type: "auth", payload: { token, v: 1, session: this.#session ?? undefined } });
        this.#session = ack.session;
        this.user = ack.user;
        this.#attempt = 0;
        this.#set("connected");
        this.#pinger = setInterval(() => this.#ask({ type: "ping" }).catch(() => {}), ack.heartbeat);
        for (const [channel, subscription] of this.#subscriptions) this.#subscribe(channel, subscription);
        this.#sendOutbox();
      } catch { socket.close(); }
    };
    socket.onmessage = event => this.#read(JSON.parse(event.data));
    socket.onclose = event => this.#ended(event);
  }

  #ended({ code, reason }) {
    this.#socket = null;
    clearInterval(this.#pinger);
    for (const waiting of this.#waiting.values()) {
      clearTimeout(waiting.timer);
      waiting.reject(Object.assign(new Error("the connection ended"), { retryable: true }));
    }
    this.#waiting.clear();
    if (isFinal(code)) this.#set("closed", { code, reason });
    else this.#comeBack(reason || `closed with ${code}`);
  }

  #comeBack(reason) {
    // Full jitter, so that a thousand clients do not return in the same moment; unless the server has spread us already.
    const delay = this.#rest || Math.random() * Math.min(longestDelay, firstDelay * 2 ** this.#attempt++);
    this.#rest = 0;
    this.#timer = setTimeout(() => this.#connect(), delay);
    this.#set("waiting", { reason, delay });
  }

  #write(message) { this.#socket?.send(JSON.stringify(message)); }

  #ask(message) {
    return new Promise((resolve, reject) => {
      if (this.#socket?.readyState !== WebSocket.OPEN) {
        reject(Object.assign(new Error("not connected"), { retryable: true }));
        return;
      }
      const id = this.#nextId++;
      // No answer means that the line is dead, whatever the browser thinks of it.
      const timer = setTimeout(() => this.#socket?.close(3000, "no answer"), answerTimeout);
      this.#waiting.set(id, { resolve, reject, timer });
      this.#write({ ...message, id });
    });
  }

  async #subscribe(channel, subscription) {
    const { position: from, options, handlers } = subscription;
    try {
      const ack = await this.#ask({ type: "subscribe", channel, payload: from ? { ...options, last: undefined, from } : options });
      if (from && !ack.recovered) handlers.onReload?.("missed more than the server kept");
      handlers.onSubscribed?.(ack);
    } catch (error) {
      if (!error.retryable) {
        this.#subscriptions.delete(channel);
        handlers.onEnd?.(error);
      } else if (this.state === "connected") {
        setTimeout(() => this.#subscribe(channel, subscription), error.retryAfter ?? 1000);
      }
    }
  }

  async #sendOutbox() {
    // One at a time: what is retried must not be overtaken by what was written after it.
    if (this.#isSending) return;
    this.#isSending = true;
    while (this.#outbox.length > 0 && this.state === "connected") {
      const { channel, data, mid, resolve, reject } = this.#outbox[0];
      try {
        resolve(await this.#ask({ type: "publish", channel, payload: { data, mid } }));
        this.#outbox.shift();
      } catch (error) {
        if (!error.retryable) {
          reject(error);
          this.#outbox.shift();
        } else if (this.state === "connected") {
          await new Promise(done => setTimeout(done, error.retryAfter ?? 500));
        }
      }
    }
    this.#isSending = false;
  }

  #read(message) {
    const { type, id, channel, payload } = message;
    const waiting = id === undefined ? undefined : this.#waiting.get(id);
    const subscription = this.#subscriptions.get(channel);
    if (waiting && type === "ack" && payload?.recovered !== undefined && subscription) {
      // Set before the first publication that follows; a resume counts on from where it was.
      subscription.position = { epoch: payload.epoch, seq: payload.snapshot ? 0 : payload.seq - payload.missed };
    }
    if (waiting) {
      this.#waiting.delete(id);
      clearTimeout(waiting.timer);
      if (type === "error") waiting.reject(Object.assign(new Error(payload.message), payload));
      else waiting.resolve(payload ?? {});
      return;
    }
    if (type === "reconnect") this.#rest = Math.max(1, payload.after);
    else if (type === "expiring") this.#refresh();
    else if (subscription) this.#deliver(subscription, channel, message);
  }

  async #refresh() {
    // When this fails, 4010 follows, and with it a new attempt.
    try { await this.#ask({ type: "refresh", payload: { token: await this.#getToken() } }); } catch { }
  }

  #deliver(subscription, channel, { type, payload, ...rest }) {
    const { handlers, position } = subscription;
    switch (type) {
      case "publication":
        if (position && rest.seq <= position.seq) return;
        if (position) position.seq = rest.seq;
        return handlers.onPublication?.({ ...rest, data: payload });
      case "gap":
        if (position) position.seq = Math.max(position.seq, payload.to);
        return handlers.onReload?.("the server skipped some");
      case "reset":
        subscription.position = { epoch: payload.epoch, seq: payload.seq };
        return handlers.onReload?.("the channel started anew");
      case "unsubscribed":
        this.#subscriptions.delete(channel);
        return handlers.onEnd?.(Object.assign(new Error(payload.reason), payload));
      case "signal": return handlers.onSignal?.({ ...rest, data: payload });
      case "join": return handlers.onJoin?.(rest);
      case "leave": return handlers.onLeave?.(rest);
    }
  }
}
