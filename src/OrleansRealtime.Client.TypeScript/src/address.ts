/** Where the carriers of one server are. */
export interface Address {
  readonly webSocket: string;
  /** What the paths of the HTTP API are appended to; ends with `/v1`. */
  readonly http: string;
}

/** From `https://host`, `wss://host`, with or without a path before or up to `/v1/ws`. A page may give one that is relative to it. */
export function addressOf(url: string): Address {
  const parsed = new URL(url, typeof location === "undefined" ? undefined : location.href);
  const base = parsed.host + parsed.pathname.replace(/(\/v1(\/ws)?)?\/*$/, "") + "/v1";
  const isSecure = parsed.protocol === "https:" || parsed.protocol === "wss:";
  return { webSocket: `${isSecure ? "wss" : "ws"}://${base}/ws`, http: `${isSecure ? "https" : "http"}://${base}` };
}
