import type { Member, Members } from "./messages.js";

/** Who is there, by user id. Immutable. */
export type Roster = ReadonlyMap<string, Member>;

/** What happened to a roster. */
export interface RosterDiff {
  readonly joined: readonly Member[];
  readonly left: readonly Member[];
}

/** The roster that the answer to `presence` says. */
export function rosterOf({ members }: Members): Roster {
  return new Map(members.map((member) => [member.user, member]));
}

/** After a `join`. It says what is true now, so applying it twice does no harm. */
export function joined(roster: Roster, member: Member): Roster {
  return new Map(roster).set(member.user, member);
}

/** After a `leave`. */
export function left(roster: Roster, { user }: Member): Roster {
  if (!roster.has(user)) return roster;
  const next = new Map(roster);
  next.delete(user);
  return next;
}

/** From one roster to the next: what a page has to add and to remove. */
export function diffOf(before: Roster, after: Roster): RosterDiff {
  return {
    joined: [...after.values()].filter(({ user }) => !before.has(user)),
    left: [...before.values()].filter(({ user }) => !after.has(user)),
  };
}
