import { defaultKeymap } from "@codemirror/commands";
import { EditorState } from "@codemirror/state";
import { EditorView, keymap, placeholder } from "@codemirror/view";
import { yCollab, ySyncAnnotation, yUndoManagerKeymap } from "y-codemirror.next";
import { byId, element, face } from "../../Shared/page/elements.js";
import { signIn } from "../../Shared/page/sign-in.js";
import { shareCursors } from "./shared-cursors.js";
import { SharedDocument, type SavingState } from "./shared-document.js";

/** Characters: so that a snapshot of the document fits into one publication. */
const maxLength = 100_000;

const name = new URLSearchParams(location.search).get("doc") ?? "welcome";
document.title = byId("title").textContent = name;

let saving: SavingState = "loading";
const client = await signIn("Open this page in a second window with another name, and write in both. Then stop the server, and write on.");
const subscription = client.subscribe(`doc:${name}`);
const shared = new SharedDocument(client, subscription, (state) => { saving = state; showSaving(); });
const cursors = shareCursors(client, subscription, shared.doc);
const text = shared.doc.getText("text");

const view = new EditorView({
  parent: byId("paper"),
  doc: text.toString(),
  extensions: [
    yCollab(text, cursors),
    keymap.of([...yUndoManagerKeymap, ...defaultKeymap]),
    EditorView.lineWrapping,
    EditorView.contentAttributes.of({ "aria-label": "Text", spellcheck: "true", autocorrect: "on", autocapitalize: "sentences" }),
    placeholder("Write something. The others see it as you type."),
    // What comes from the others is in the document already.
    EditorState.changeFilter.of((change) => change.annotation(ySyncAnnotation) !== undefined || change.newDoc.length <= maxLength),
  ],
});
view.focus();

cursors.on("change", showPeople);
client.on("state", () => { showPeople(); showSaving(); });
byId("new").onclick = () => { location.search = `?doc=${crypto.getRandomValues(new Uint32Array(1))[0]!.toString(36)}`; };

function showPeople(): void {
  const names = [...cursors.getStates().values()].map(({ user }) => (user as { name: string } | undefined)?.name ?? client.user ?? "");
  byId("people").replaceChildren(...[...new Set(names)].sort().map((name) => element("li", "", face(name), element("span", "", name))));
}

function showSaving(): void {
  const shown = byId("saving");
  shown.dataset["saving"] = saving;
  shown.textContent = {
    loading: "Loading…",
    saved: "All changes are saved",
    saving: client.state === "connected" ? "Saving…" : "Your changes wait here for the server",
    refused: "The server refused a change. Copy your text, and reload.",
  }[saving];
  onbeforeunload = saving === "saving" || saving === "refused" ? (event) => event.preventDefault() : null;
}
