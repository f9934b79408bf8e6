import { createServer } from "node:http";
import { Server } from "socket.io";

const http = createServer();
const server = new Server(http, { transports: ["websocket"], perMessageDeflate: false });
server.on("connection", socket => {
  socket.on("join", (room, answer) => {
    socket.join(room);
    answer();
  });
  socket.on("publish", (room, data) => server.to(room).emit("p", data));
});
http.listen(Number(process.argv[2]), "127.0.0.1", () => console.log("listening"));
