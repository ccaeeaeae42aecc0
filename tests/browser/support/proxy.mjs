// A proxy between browser and server, as stands in front of many an office network.
import { once } from 'node:events';
import { createServer, request } from 'node:http';
import { connect } from 'node:net';

export class Proxy {
  #http = createServer();
  #sockets = new Set();
  #lost = false;
  refusedUpgrades = 0;

  static async start(server, { refuseUpgrades = false } = {}) {
    const proxy = new Proxy();
    const { hostname, port } = new URL(server.url);
    proxy.#http.on('connection', (socket) => {
      if (proxy.#lost) socket.destroy();
      else proxy.#keep(socket);
    });
    proxy.#http.on('request', (incoming, answer) => {
      const { method, url, headers } = incoming;
      const onward = request({ hostname, port, method, path: url, headers }, (answered) => {
        answer.writeHead(answered.statusCode, answered.headers);
        answered.pipe(answer);
      });
      onward.on('socket', (socket) => proxy.#keep(socket));
      onward.on('error', () => answer.destroy());
      answer.on('close', () => onward.destroy());
      incoming.pipe(onward);
    });
    proxy.#http.on('upgrade', ({ url, headers }, socket, head) => {
      if (refuseUpgrades) {
        proxy.refusedUpgrades += 1;
        socket.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n');
        return;
      }
      const onward = proxy.#keep(connect(Number(port), hostname));
      onward.on('error', () => socket.destroy());
      socket.on('error', () => onward.destroy());
      const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
      onward.write(`GET ${url} HTTP/1.1\r\n${lines.join('')}\r\n`);
      onward.write(head);
      onward.pipe(socket).pipe(onward);
    });
    proxy.#http.listen(0, '127.0.0.1');
    await once(proxy.#http, 'listening');
    proxy.url = `http://localhost:${proxy.#http.address().port}`;
    return proxy;
  }

  #keep(socket) {
    if (!this.#sockets.has(socket)) socket.on('close', () => this.#sockets.delete(socket));
    this.#sockets.add(socket);
    return socket;
  }

  /** The network goes away: what is open breaks, nothing new gets through. */
  lose() {
    this.#lost = true;
    for (const socket of this.#sockets) socket.destroy();
  }

  find() {
    this.#lost = false;
  }

  async stop() {
    this.lose();
    this.#http.close();
    await once(this.#http, 'close');
  }
}
