import type { RealtimeClient } from "./client.js";
import { diffOf, joined, left, rosterOf, type Roster, type RosterDiff } from "./presence.js";
import type { Subscription } from "./subscription.js";

/**
 * Follows who is there: the state when the subscription was taken up, then each change, also after a reconnect. The subscription
 * must have been made with `presence: true`. Returns how to stop.
 */
export function followRoster(client: RealtimeClient, subscription: Subscription, onChange: (roster: Roster, diff: RosterDiff) => void): () => void {
  let roster: Roster = new Map(), asked = 0;
  // What came while the question was on its way is newer than the answer, or the same.
  let meanwhile: ((roster: Roster) => Roster)[] = [];
  const become = (next: Roster): void => {
    const diff = diffOf(roster, next);
    roster = next;
    if (diff.joined.length + diff.left.length > 0) onChange(roster, diff);
  };
  const apply = (change: (roster: Roster) => Roster): void => {
    meanwhile.push(change);
    become(change(roster));
  };
  const ask = async (): Promise<void> => {
    const question = ++asked;
    meanwhile = [];
    const answer = await client.presence(subscription.channel).catch(() => null);
    if (question === asked && answer !== null) become(meanwhile.reduce((state, change) => change(state), rosterOf(answer)));
  };
  const ends = [
    subscription.on("subscribed", () => void ask()),
    subscription.on("join", (member) => apply((state) => joined(state, member))),
    subscription.on("leave", (member) => apply((state) => left(state, member))),
    () => { asked++; },
  ];
  if (subscription.isLive) void ask();
  return () => { for (const end of ends) end(); };
}
