import { existsSync, readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { WebSocketServer, type WebSocket } from 'ws';
import type { LogEvent } from '../../src/lib/api/types';
import { anonymous, members, problem, type Answered } from './answers';
import type { World } from './world';

export const policy =
  "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'";

const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2'
};

export interface FakeServer {
  origin: string;
  /** Sends an event to every open page, as the hub does. */
  push(event: LogEvent & { circle?: string }): void;
  revoke(): void;
  dropSockets(): void;
  /** Whether a long poll waits for something to happen. */
  isAsked(): boolean;
  close(): Promise<void>;
}

/** The built client and a server in memory, behind the policy that the real server sends. */
export async function serve(dist: string, world: World): Promise<FakeServer> {
  const sockets = new Set<WebSocket>();
  const waiting = new Set<() => void>();
  const upgrades = new WebSocketServer({ noServer: true });

  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://fake');
    if (url.pathname.startsWith('/api/v1/')) void answer(world, waiting, request, response, url);
    else sendFile(dist, url.pathname, response);
  });
  server.on('upgrade', (request, socket, head) => {
    if (world.upgradeRefused) {
      socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
      return;
    }
    upgrades.handleUpgrade(request, socket, head, (open) => {
      sockets.add(open);
      open.on('close', () => sockets.delete(open));
      open.on('message', (data) => {
        const message = JSON.parse(String(data)) as { type: string; group: string; circle?: string; after: number };
        if (message.type !== 'subscribe') return;
        const { group, circle, after } = message;
        const head = circle ? world.circles.find(({ id }) => id === circle)?.head : world.group.head;
        open.send(JSON.stringify({ type: 'subscribed', group, circle, head }));
        const events = circle ? (world.circleEvents.get(circle) ?? []) : world.events;
        for (const event of events.filter(({ seq }) => seq > after)) say(open, { ...event, circle });
      });
    });
  });

  const say = (socket: WebSocket, event: LogEvent & { circle?: string }) => socket.send(JSON.stringify({ type: 'event', group: world.group.id, ...event }));
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    push(event) {
      for (const socket of sockets) say(socket, event);
      for (const wake of waiting) wake();
    },
    revoke() {
      world.group.standing = 'stranger';
      for (const socket of sockets) socket.send(JSON.stringify({ type: 'revoked', group: world.group.id }));
      for (const wake of waiting) wake();
    },
    dropSockets() {
      for (const socket of sockets) socket.terminate();
    },
    isAsked: () => waiting.size > 0,
    close: () =>
      new Promise((closed) => {
        for (const socket of sockets) socket.terminate();
        for (const wake of waiting) wake();
        server.close(() => closed());
        server.closeAllConnections();
      })
  };
}

async function answer(world: World, waiting: Set<() => void>, request: IncomingMessage, response: ServerResponse, url: URL) {
  const text = await read(request);
  const wait = Number(url.searchParams.get('wait') ?? 0);
  if (wait > 0 && Number(url.searchParams.get('after')) >= world.group.head!) await awaken(waiting, wait);
  const { status, body, etag, headers, text: plain } = respond(world, request, url, text);
  response.writeHead(status, {
    'Content-Type': status >= 400 ? 'application/problem+json' : 'application/json',
    ...(etag ? { ETag: etag } : {}),
    ...headers
  });
  response.end(plain ?? (body === undefined ? undefined : JSON.stringify(body)));
}

function respond(world: World, request: IncomingMessage, url: URL, text: string): Answered {
  const open = find(anonymous, request.method, url.pathname);
  const found = open ?? find(members, request.method, url.pathname);
  if (!open && !world.signedIn) return problem(401, 'unauthenticated', 'Connectez-vous.');
  if (!found) return problem(404, 'not-found', 'Introuvable');
  world.asked.push({ method: request.method ?? '', path: url.pathname, readAs: request.headers['read-as'] as string | undefined });
  return found.route.handler(world, {
    method: request.method ?? 'GET',
    params: found.params,
    query: url.searchParams,
    body: request.headers['content-type'] === 'application/json' && text !== '' ? (JSON.parse(text) as Record<string, unknown>) : {},
    text,
    header: (name) => request.headers[name] as string | undefined
  });
}

function find(routes: typeof members, method: string | undefined, path: string) {
  for (const route of routes) {
    const match = route.method === method ? route.pattern.exec(path) : null;
    if (match) return { route, params: match.slice(1) };
  }
  return null;
}

function awaken(waiting: Set<() => void>, seconds: number): Promise<void> {
  return new Promise((resume) => {
    const wake = () => {
      clearTimeout(timer);
      waiting.delete(wake);
      resume();
    };
    const timer = setTimeout(wake, seconds * 1000);
    waiting.add(wake);
  });
}

async function read(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text;
}

function sendFile(dist: string, path: string, response: ServerResponse) {
  const wanted = join(dist, path);
  const file = extname(path) !== '' && existsSync(wanted) ? wanted : join(dist, 'index.html');
  response.writeHead(200, {
    'Content-Type': types[extname(file)] ?? 'application/octet-stream',
    'Content-Security-Policy': policy,
    'X-Content-Type-Options': 'nosniff'
  });
  response.end(readFileSync(file));
}
