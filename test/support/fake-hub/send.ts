// Replies: contents with ranges and faults, JSON, refusals, redirects.
import type { IncomingHttpHeaders, IncomingMessage, OutgoingHttpHeaders, ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { readContent, sizeOf } from "./content.js";
import { createPace } from "./pace.js";
import type { Refusal } from "./refusal.js";
import type { FakeContent, Fault } from "./types.js";

export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/** Answers 200, 206 or 416 with the contents, as far as the fault lets it. */
export async function sendContent(
  { request, response }: Exchange,
  given: FakeContent,
  headers: OutgoingHttpHeaders,
  fault: Fault = {},
): Promise<void> {
  if (fault.delayMs !== undefined) await sleep(fault.delayMs);
  const content = fault.replacedBy ?? given;
  const size = Math.min(await sizeOf(content), fault.truncateAt ?? Number.POSITIVE_INFINITY);
  const all: OutgoingHttpHeaders = { "accept-ranges": "bytes", ...headers };
  if (fault.replacedBy !== undefined) all.etag = `"replaced-${size}"`;
  const isSame = holds(request.headers["if-range"], { ...all, ...fault.headers }.etag);
  const range = fault.noRange || !isSame ? "whole" : parseRange(request.headers.range, size);
  if (range === "unsatisfiable") {
    end(response, 416, { ...all, "content-range": `bytes */${size}`, "content-length": 0 }, fault);
    return;
  }
  const { start, stop } = range === "whole" ? { start: 0, stop: size } : shortened(range, fault.atMost);
  if (range !== "whole") all["content-range"] = `bytes ${start}-${stop - 1}/${size}`;
  all["content-length"] = fault.wrongContentLength ?? stop - start;
  if (fault.wrongContentLength !== undefined) all.connection = "close";
  writeHead(response, range === "whole" ? 200 : 206, all, fault);
  if (request.method === "HEAD") {
    response.end();
    return;
  }
  await sendBody(response, content, { start, stop }, fault);
}

/** `stop` is the first byte that is not sent. */
interface Span {
  readonly start: number;
  readonly stop: number;
}

function shortened({ start, stop }: Span, atMost = Number.POSITIVE_INFINITY): Span {
  return { start, stop: Math.min(stop, start + atMost) };
}

async function sendBody(response: ServerResponse, content: FakeContent, span: Span, fault: Fault): Promise<void> {
  const cut =
    span.start + Math.min(fault.dropAfter ?? Number.POSITIVE_INFINITY, fault.stallAfter ?? Number.POSITIVE_INFINITY);
  let at = span.start;
  const pace = createPace(fault.bytesPerSecond);
  for await (const whole of readContent(content, span.start, Math.min(span.stop, cut))) {
    for (const piece of pieces(whole, fault.bytesPerSecond)) {
      await pace.pass(piece.length);
      const sent = corrupted(piece, at, fault.corruptAt);
      if (response.destroyed) return;
      if (!response.write(sent)) await drained(response);
      at += piece.length;
    }
  }
  if (cut < span.stop && fault.stallAfter !== undefined) {
    response.flushHeaders();
    return;
  }
  // What was written must leave before the connection is cut.
  if (cut < span.stop) response.write("", () => setTimeout(() => response.destroy(), 20));
  else if (fault.wrongContentLength !== undefined) response.end(() => response.destroy());
  else response.end();
}

function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      response.off("drain", done).off("close", done);
      resolve();
    };
    response.on("drain", done).on("close", done);
  });
}

/** Small enough for twenty a second, so that an interruption finds the body half sent. */
function* pieces(whole: Buffer, bytesPerSecond: number | undefined): Generator<Buffer, void> {
  const length = bytesPerSecond === undefined ? whole.length : Math.max(1, Math.floor(bytesPerSecond / 20));
  for (let at = 0; at < whole.length; at += length) yield whole.subarray(at, at + length);
}

function corrupted(piece: Buffer, at: number, corruptAt = -1): Buffer {
  if (corruptAt < at || corruptAt >= at + piece.length) return piece;
  const copy = Buffer.from(piece);
  copy[corruptAt - at] = (copy[corruptAt - at] ?? 0) ^ 0xff;
  return copy;
}

/** RFC 9110, 13.1.5: only the same strong ETag lets a range through; a date never does here, as no file has one. */
function holds(ifRange: IncomingHttpHeaders[string], etag: OutgoingHttpHeaders[string] | null): boolean {
  return ifRange === undefined || (ifRange === etag && !String(ifRange).startsWith("W/"));
}

function parseRange(header: string | undefined, size: number): Span | "whole" | "unsatisfiable" {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header ?? "");
  // Several ranges, other units and nonsense are ignored, as the standard allows.
  if (match === null || match[0] === "bytes=-") return "whole";
  const [, from = "", to = ""] = match;
  const start = from === "" ? Math.max(0, size - Number(to)) : Number(from);
  const stop = from === "" || to === "" ? size : Math.min(size, Number(to) + 1);
  return start >= stop ? "unsatisfiable" : { start, stop };
}

export function sendJson(
  exchange: Exchange,
  value: unknown,
  headers: OutgoingHttpHeaders = {},
  fault?: Fault,
): Promise<void> {
  const type = { "content-type": "application/json; charset=utf-8" };
  return sendContent(exchange, Buffer.from(JSON.stringify(value)), { ...type, ...headers }, fault);
}

/** JSON on /api, plain text elsewhere. */
export function sendRefusal({ request, response }: Exchange, { status, code, message }: Refusal): void {
  const api = request.url?.startsWith("/api/");
  const body = Buffer.from(api ? JSON.stringify({ error: message }) : message);
  const headers: OutgoingHttpHeaders = {
    "content-type": api ? "application/json; charset=utf-8" : "text/plain; charset=utf-8",
    "content-length": body.length,
    // Names of revisions come from the address, and a header takes neither line breaks nor letters beyond Latin-1.
    "x-error-message": message.replace(/[^\x20-\x7e]/g, "?"),
    ...(code === undefined ? {} : { "x-error-code": code }),
  };
  end(response, status, headers, {}, request.method === "HEAD" ? undefined : body);
}

export function sendRedirect({ request, response }: Exchange, status: 302 | 307, headers: OutgoingHttpHeaders): void {
  const text = Buffer.from(status === 302 ? "Found. Redirecting" : "Temporary Redirect. Redirecting");
  const all = { "content-type": "text/plain; charset=utf-8", "content-length": text.length, ...headers };
  end(response, status, all, {}, request.method === "HEAD" ? undefined : text);
}

/** A reply that a fault replaces as a whole; false when it only waited. */
export async function sendFault({ request, response }: Exchange, fault: Fault): Promise<boolean> {
  if (fault.delayMs !== undefined) await sleep(fault.delayMs);
  if (fault.reset) {
    request.socket.resetAndDestroy();
    return true;
  }
  if (fault.status === undefined && !fault.html) return false;
  const html = "<!DOCTYPE html><html><head><title>Sign in to the network</title></head><body>Welcome</body></html>";
  const body = Buffer.from(fault.body ?? (fault.html ? html : ""));
  const type = fault.html ? "text/html; charset=utf-8" : "text/plain; charset=utf-8";
  const headers = { "content-type": type, "content-length": body.length };
  end(response, fault.status ?? 200, headers, fault, request.method === "HEAD" ? undefined : body);
  return true;
}

function end(
  response: ServerResponse,
  status: number,
  headers: OutgoingHttpHeaders,
  fault: Fault,
  body?: Buffer,
): void {
  writeHead(response, status, headers, fault);
  response.end(body);
}

function writeHead(response: ServerResponse, status: number, headers: OutgoingHttpHeaders, fault: Fault): void {
  for (const [name, value] of Object.entries(headers)) if (value !== undefined) response.setHeader(name, value);
  for (const [name, value] of Object.entries(fault.headers ?? {})) {
    if (value === null) response.removeHeader(name);
    else response.setHeader(name, value);
  }
  response.writeHead(status);
}
