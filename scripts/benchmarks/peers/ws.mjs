// node ws.mjs NODE_MODULES PORT: npm's ws, sending what comes to /publish to everybody else.
import { createRequire } from "node:module"

const [modules, port] = process.argv.slice(2)
const { WebSocketServer } = createRequire(`${modules}/`)("ws")
const server = new WebSocketServer({ host: "127.0.0.1", port: Number(port) })
const subscribers = new Set()

server.on("connection", (socket, request) => {
    if (request.url === "/publish") {
        socket.on("message", (text) => subscribers.forEach((subscriber) => subscriber.send(text, { binary: false })))
    } else {
        subscribers.add(socket)
        socket.on("close", () => subscribers.delete(socket))
    }
})
