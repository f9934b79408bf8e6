export { RealtimeClient, type ClientEvents, type HistoryOptions, type PublishOptions } from "./client.js";
export type { Codec } from "./codec.js";
export type { State, StateChange } from "./connector.js";
export type { Environment, WebSocketConstructor, WebSocketLike } from "./environment.js";
export { RealtimeError, type LocalErrorCode, type ServerErrorCode } from "./errors.js";
export { json } from "./json.js";
export type { Gap, Guarantee, HistoryPage, Member, Members, Position, Publication, Published, Signal, Subscribed } from "./messages.js";
export type { QueuePolicy, RealtimeClientOptions, TokenProvider, TransportName } from "./options.js";
export { Subscription, type SubscriptionEvents, type SubscriptionOptions } from "./subscription.js";
