// node socket.io.mjs NODE_MODULES PORT: npm's socket.io, sending what one client publishes to all the others.
import { createServer } from "node:http"
import { createRequire } from "node:module"

const [modules, port] = process.argv.slice(2)
const { Server } = createRequire(`${modules}/`)("socket.io")
const http = createServer((_, response) => response.writeHead(404).end())
const server = new Server(http, { transports: ["websocket"] })

server.on("connection", (socket) => socket.on("publish", (text) => socket.broadcast.emit("message", text)))
http.listen(Number(port), "127.0.0.1")
