/** What to do when a connection has ended. */
export interface Rule {
  readonly comeBack: boolean;
  /** Whether the first attempt is made at once; all others wait. */
  readonly atOnce: boolean;
  /** Whether the token that was used is worth another try. */
  readonly token: "same" | "new";
  /** Whether the next connection names the session of this one. */
  readonly session: "resume" | "anew";
}

const stop: Rule = { comeBack: false, atOnce: false, token: "same", session: "anew" };
const backoff: Rule = { comeBack: true, atOnce: false, token: "same", session: "resume" };

/** An end without close frame, and what a failed handshake counts as. */
export const cut = 1006;
/** The code with which this client closes. */
export const normal = 1000;
export const authenticationRefused = 4001;

/** Section 11 of PROTOCOL.md, as a table. */
const table: Readonly<Record<number, Rule>> = {
  1000: stop, // normal: nobody wants this connection any more
  1001: { ...backoff, atOnce: true }, // going away
  1002: stop, // protocol error: mend the program
  1003: stop, // not the negotiated format
  1007: stop, // not UTF-8
  1009: stop, // message too large
  4001: { ...backoff, token: "new" }, // authentication refused, or not in time
  4010: { ...backoff, atOnce: true, token: "new" }, // token expired or revoked
};

/** The rule for a close code; one that is not in the table counts by its range. */
export function ruleOf(code: number): Rule {
  return table[code] ?? (code >= 4000 && code < 4500 ? stop : backoff);
}
