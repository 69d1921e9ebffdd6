// socket.io as a plugin of Fastify, tokens by Fastify's JWT plugin. `PORT=3100 SECRET=.. node fastify.js`
import jwt from "@fastify/jwt";
import Fastify from "fastify";
import socketio from "fastify-socket.io";

const { PORT, SECRET } = process.env;
const app = Fastify();
await app.register(jwt, { secret: SECRET });
await app.register(socketio);
await app.ready();

app.io.use(async (socket, next) => {
  try {
    socket.data.user = await app.jwt.verify(socket.handshake.auth.token);
    next();
  } catch (error) {
    next(error);
  }
});

app.io.on("connection", (socket) => {
  socket.join(`org:${socket.data.user.org}`);
  socket.on("publish", ({ room, data }) => app.io.to(room).emit("sensor:reading", data));
});

await app.listen({ port: Number(PORT), host: "127.0.0.1" });
