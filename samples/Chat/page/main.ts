import { byId, element } from "../../Shared/page/elements.js";
import { signIn } from "../../Shared/page/sign-in.js";

const client = await signIn("Open a second tab with another name and talk to yourself.");
const messages = client.subscribe("chat:general", { last: 50, presence: true });

messages.on("publication", ({ from, data }) => byId("messages").append(element("li", "message", `${from}: ${(data as { text: string }).text}`)));

byId("composer").onsubmit = async (event) => {
  event.preventDefault();
  const text = byId<HTMLInputElement>("text");
  if (text.value !== "") void client.publish(messages.channel, { text: text.value });
  text.value = "";
};
