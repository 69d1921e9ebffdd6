// The reference: socket.io on Node's own HTTP server. `PORT=3100 SECRET=.. node socketio.js`
import { createServer } from "node:http";
import jwt from "jsonwebtoken";
import { Server } from "socket.io";

const { PORT, SECRET } = process.env;
const server = createServer();
const io = new Server(server);

io.use((socket, next) => {
  jwt.verify(socket.handshake.auth.token, SECRET, { algorithms: ["HS256"] }, (error, claims) => {
    socket.data.organization = claims?.org;
    next(error);
  });
});

io.on("connection", (socket) => {
  socket.join(`org:${socket.data.organization}`);
  socket.on("publish", ({ room, data }) => io.to(room).emit("sensor:reading", data));
});

server.listen(Number(PORT), "127.0.0.1");
