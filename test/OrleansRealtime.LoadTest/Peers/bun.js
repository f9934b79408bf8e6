// uWebSockets' topics, as Bun gives them to scripts.
const server = Bun.serve({
  hostname: "127.0.0.1",
  port: Number(process.argv[2]),
  fetch(request, server) {
    return server.upgrade(request) ? undefined : new Response("up");
  },
  websocket: {
    message(socket, message) {
      const space = message.indexOf(" ", 2);
      if (message[0] === "S") {
        socket.subscribe(message.slice(2));
        socket.send("joined");
      } else {
        server.publish(message.slice(2, space), message.slice(space + 1));
      }
    },
  },
});
console.log("listening " + server.port);
