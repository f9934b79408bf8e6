// The package ws, with a set of sockets for each room.
import { WebSocketServer } from "ws";

const rooms = new Map();
const server = new WebSocketServer({ host: "127.0.0.1", port: Number(process.argv[2]), perMessageDeflate: false });
server.on("connection", socket => {
  socket.on("message", bytes => {
    const message = bytes.toString("latin1");
    const space = message.indexOf(" ", 2);
    if (message[0] === "S") {
      const room = message.slice(2);
      if (!rooms.has(room)) rooms.set(room, new Set());
      rooms.get(room).add(socket);
      socket.on("close", () => rooms.get(room).delete(socket));
      socket.send("joined");
    } else {
      const data = message.slice(space + 1);
      for (const member of rooms.get(message.slice(2, space)) ?? []) member.send(data);
    }
  });
});
server.on("listening", () => console.log("listening"));
